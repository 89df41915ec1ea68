import type { Core } from '@core/core';
import { activityHandlers } from './activity';
import { os, type CallContext } from '../base';
import { appHandlers } from './app';
import { approvalHandlers } from './approvals';
import { auditHandlers } from './audit';
import { backupHandlers } from './backups';
import { compareHandlers } from './compare';
import { connectionHandlers } from './connections';
import { editsHandlers } from './edits';
import { environmentHandlers } from './environments';
import { generationHandlers } from './generation';
import { grantHandlers } from './grants';
import { migrationHandlers } from './migrations';
import { referenceHandlers } from './references';
import { requestHandlers } from './requests';
import { searchHandlers } from './search';
import { securityHandlers } from './security';
import { transferHandlers } from './transfer';
import { workspaceHandlers } from './workspaces';

/** Calls that a core answers after Lock. */
const WHILE_SHUT: ReadonlySet<string> = new Set([
  'security.protection',
  'security.unlock',
  'security.lock',
  // So that edits of this window are not given to another one, which is unlocked first.
  'edits.attend',
]);

export const createWindowRouter = (core: Core) =>
  os
    .use(({ path, next }) => {
      if (core.security.isShut() && !WHILE_SHUT.has(path.join('.'))) throw core.security.refusal();
      return next();
    })
    .router({
      app: appHandlers(core),
      workspaces: workspaceHandlers(core),
      environments: environmentHandlers(core),
      edits: editsHandlers(core),
      compare: compareHandlers(core),
      connections: connectionHandlers(core),
      transfer: transferHandlers(core),
      migrations: migrationHandlers(core),
      references: referenceHandlers(core),
      generation: generationHandlers(core),
      grants: grantHandlers(core),
      requests: requestHandlers(core),
      search: searchHandlers(core),
      security: securityHandlers(core),
      activity: activityHandlers(core),
      approvals: approvalHandlers(core),
      audit: auditHandlers(core),
      backups: backupHandlers(core),
    });

/** The context of every call that comes from a window. */
export const windowContext: { readonly context: CallContext } = {
  context: { caller: { kind: 'window' } },
};

/** The same, for one connection of a window. */
export const windowConnection = (): typeof windowContext => ({
  context: { ...windowContext.context, connection: {} },
});

export type WindowRouter = ReturnType<typeof createWindowRouter>;
