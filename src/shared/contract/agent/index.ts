/** What programs can ask Strongroom for: the command line, the library and others. */
import type { ContractRouterClient } from '@orpc/contract';
import { auditContract } from './audit';
import { backupsContract } from './backups';
import { clientsContract } from './clients';
import { connectionsContract } from './connections';
import { declaredContract } from './declared';
import { environmentsContract } from './environments';
import { grantsContract } from './grants';
import { historyContract } from './history';
import { linksContract } from './links';
import { requestsContract } from './requests';
import { resolveContract } from './resolve';
import { runContract } from './run';
import { securityContract } from './security';
import { statusContract } from './status';
import { transferContract } from './transfer';
import { variablesContract } from './variables';
import { workspacesContract } from './workspaces';

/** What a client can add to each call. */
export interface AgentCallContext {
  /** For the activity log. */
  readonly reason?: string | undefined;
}

export const agentContract = {
  status: statusContract,
  workspaces: workspacesContract,
  environments: environmentsContract,
  variables: variablesContract,
  connections: connectionsContract,
  links: linksContract,
  transfer: transferContract,
  history: historyContract,
  security: securityContract,
  run: runContract,
  resolve: resolveContract,
  declared: declaredContract,
  audit: auditContract,
  backups: backupsContract,
  grants: grantsContract,
  clients: clientsContract,
  requests: requestsContract,
};

export type AgentClient = ContractRouterClient<typeof agentContract, AgentCallContext>;
