import { AGENT_CONTRACT_VERSION } from '@shared/contract/agent/version';
import type { Core } from '@core/core';
import { agentOs } from '../base';

export const statusHandler = ({ info, security, workspaces }: Core) =>
  agentOs.status.handler(() => ({
    version: info.version,
    contractVersion: AGENT_CONTRACT_VERSION,
    host: info.host,
    dataDirectory: info.dataDirectory,
    protection: security.mode(),
    locked: security.isLocked(),
    workspaces: workspaces.list().workspaces.length,
  }));
