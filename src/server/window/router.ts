import type { Services } from '@core/core';
import { activityHandlers } from './activity';
import { os } from '../base';
import { appHandlers } from './app';
import { compareHandlers } from './compare';
import { environmentHandlers } from './environments';
import { moveHandlers } from './moves';
import { securityHandlers } from './security';
import { vaultHandlers } from './vault';
import { workspaceHandlers } from './workspaces';

export const createRouter = (services: Services) =>
  os.router({
    app: appHandlers(services),
    workspaces: workspaceHandlers(services),
    environments: environmentHandlers(services),
    compare: compareHandlers(services),
    vault: vaultHandlers(services),
    moves: moveHandlers(services),
    security: securityHandlers(services),
    activity: activityHandlers(services),
  });

export type Router = ReturnType<typeof createRouter>;
