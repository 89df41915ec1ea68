import { AGENT_CONTRACT_VERSION } from '@shared/contract/agent/version';
import type { Core } from '@core/core';
import { agentOs } from '../base';
import type { Admissions } from './admissions';

export const statusHandler = ({ info, security, workspaces }: Core, admissions: Admissions) =>
  agentOs.status.handler(({ context }) => ({
    version: info.version,
    contractVersion: AGENT_CONTRACT_VERSION,
    host: info.host,
    dataDirectory: info.dataDirectory,
    protection: security.mode(),
    locked: security.isLocked(),
    shared: security.sharesUnlock(),
    admitted: admissions.has(context.caller),
    workspaces: workspaces.list().workspaces.length,
  }));
