import { AppError } from '@shared/errors';
import type { Core } from '@core/core';
import { agentOs } from '../base';
import { orNever } from '../signal';
import { auditHandlers } from './audit';
import { connectionHandlers } from './connections';
import { declaredHandlers } from './declared';
import { environmentHandlers } from './environments';
import { grantHandlers } from './grants';
import { historyHandlers } from './history';
import { linkHandlers } from './links';
import { requestHandlers } from './requests';
import { runHandlers } from './run';
import { securityHandlers } from './security';
import { statusHandler } from './status';
import { transferHandlers } from './transfer';
import { variableHandlers } from './variables';
import { workspaceHandlers } from './workspaces';

/** Calls that a locked core answers. */
const WHILE_LOCKED: ReadonlySet<string> = new Set([
  'status',
  'security.protection',
  'security.unlock',
  'security.lock',
]);

export const createAgentRouter = (core: Core) =>
  agentOs
    .use(({ path, next }) => {
      if (core.security.isLocked() && !WHILE_LOCKED.has(path.join('.'))) {
        throw new AppError('LOCKED');
      }
      return next();
    })
    .router({
      status: statusHandler(core),
      workspaces: workspaceHandlers(core),
      environments: environmentHandlers(core),
      variables: variableHandlers(core),
      connections: connectionHandlers(core),
      links: linkHandlers(core),
      transfer: transferHandlers(core),
      history: historyHandlers(core),
      security: securityHandlers(core),
      declared: declaredHandlers(core),
      run: runHandlers(core),
      audit: auditHandlers(core),
      grants: grantHandlers(core),
      requests: requestHandlers(core),
      resolve: agentOs.resolve.handler(({ input, signal }) =>
        core.resolving.resolve(input, input.references, orNever(signal)),
      ),
    });
