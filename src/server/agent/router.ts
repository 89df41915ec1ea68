import { AppError } from '@shared/errors';
import type { Core } from '@core/core';
import { agentOs } from '../base';
import { environmentHandlers } from './environments';
import { statusHandler } from './status';

/** Calls that a locked core answers. */
const WHILE_LOCKED: ReadonlySet<string> = new Set(['status']);

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
      environments: environmentHandlers(core),
    });
