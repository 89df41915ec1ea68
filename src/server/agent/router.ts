import { AppError } from '@shared/errors';
import type { Core } from '@core/core';
import { agentOs } from '../base';
import { Admissions } from './admissions';
import { orNever } from '../signal';
import { auditHandlers } from './audit';
import { backupHandlers } from './backups';
import { clientHandlers } from './clients';
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

/** Calls that a locked core answers, and one that asks for a passphrase. */
const WHILE_LOCKED: ReadonlySet<string> = new Set([
  'status',
  'security.protection',
  'security.unlock',
  'security.admit',
  'security.share',
  'security.lock',
]);

export const createAgentRouter = (core: Core) => {
  const admissions = new Admissions(core);
  return agentOs
    .use(({ path, context, next }) => {
      if (!WHILE_LOCKED.has(path.join('.'))) {
        if (core.security.isLocked()) throw core.security.refusal();
        if (!admissions.has(context.caller)) throw new AppError('PASSPHRASE_NEEDED');
      }
      return next();
    })
    .router({
      status: statusHandler(core, admissions),
      workspaces: workspaceHandlers(core),
      environments: environmentHandlers(core),
      variables: variableHandlers(core),
      connections: connectionHandlers(core),
      links: linkHandlers(core),
      transfer: transferHandlers(core),
      history: historyHandlers(core),
      security: securityHandlers(core, admissions),
      declared: declaredHandlers(core),
      run: runHandlers(core),
      audit: auditHandlers(core),
      backups: backupHandlers(core),
      grants: grantHandlers(core),
      clients: clientHandlers(core),
      requests: requestHandlers(core),
      resolve: agentOs.resolve.handler(({ input, signal }) =>
        core.resolving.resolve(input, input.references, orNever(signal)),
      ),
    });
};
