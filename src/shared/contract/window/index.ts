/** Everything the window can ask of main. */
import type { ContractRouterClient } from '@orpc/contract';
import { activityContract } from './activity';
import { appContract } from './app';
import { compareContract } from './compare';
import { environmentsContract } from './environments';
import { movesContract } from './moves';
import { securityContract } from './security';
import { vaultContract } from './vault';
import { workspacesContract } from './workspaces';

export const contract = {
  app: appContract,
  workspaces: workspacesContract,
  environments: environmentsContract,
  compare: compareContract,
  vault: vaultContract,
  moves: movesContract,
  security: securityContract,
  activity: activityContract,
};

export type Client = ContractRouterClient<typeof contract>;
