/** What programs can ask Strongroom for: the command line, the library and others. */
import type { ContractRouterClient } from '@orpc/contract';
import { environmentsContract } from './environments';
import { statusContract } from './status';

/**
 * The version of this contract and its handshake. Both ends of a connection must have the same version. It
 * goes up with every change that an older end would misunderstand.
 */
export const AGENT_CONTRACT_VERSION = 1;

/** The header in which a call says why it is made: `reasonSchema`. */
export const REASON_HEADER = 'reason';

/** What a client can add to each call. */
export interface AgentCallContext {
  /** For the activity log. */
  readonly reason?: string | undefined;
}

export const agentContract = {
  status: statusContract,
  environments: environmentsContract,
};

export type AgentClient = ContractRouterClient<typeof agentContract, AgentCallContext>;
