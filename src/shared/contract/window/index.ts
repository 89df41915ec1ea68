/** All calls that the window can make to the core. */
import type { ContractRouterClient } from '@orpc/contract';
import { activityContract } from './activity';
import { appContract } from './app';
import { approvalsContract } from './approvals';
import { auditContract } from './audit';
import { backupsContract } from './backups';
import { compareContract } from './compare';
import { connectionsContract } from './connections';
import { editsContract } from './edits';
import { environmentsContract } from './environments';
import { generationContract } from './generation';
import { grantsContract } from './grants';
import { migrationsContract } from './migrations';
import { referencesContract } from './references';
import { requestsContract } from './requests';
import { searchContract } from './search';
import { securityContract } from './security';
import { transferContract } from './transfer';
import { workspacesContract } from './workspaces';

const calls = {
  app: appContract,
  workspaces: workspacesContract,
  environments: environmentsContract,
  edits: editsContract,
  compare: compareContract,
  connections: connectionsContract,
  transfer: transferContract,
  migrations: migrationsContract,
  references: referencesContract,
  generation: generationContract,
  grants: grantsContract,
  requests: requestsContract,
  search: searchContract,
  security: securityContract,
  activity: activityContract,
  approvals: approvalsContract,
  audit: auditContract,
  backups: backupsContract,
};

/** It has a name, since the compiler does not write down a type as long as this one. */
export type WindowContract = { [Domain in keyof typeof calls]: (typeof calls)[Domain] };

export const contract: WindowContract = calls;

export type Client = ContractRouterClient<typeof contract>;
