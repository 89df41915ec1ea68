/** What programs may ask of Strongroom: the command line, the library and others. */
import type { ContractRouterClient } from '@orpc/contract';
import { environmentsContract } from './environments';
import { statusContract } from './status';

/**
 * The version of this contract and of its handshake. Both ends of a connection have the same one, or do
 * not talk. It goes up with every change that an older end would misunderstand.
 */
export const AGENT_CONTRACT_VERSION = 1;

/** The header of a call that says what it is for: `reasonSchema`. */
export const REASON_HEADER = 'reason';

/** What a client may say with each call. */
export interface AgentCallContext {
  /** For the activity log. */
  readonly reason?: string | undefined;
}

export const agentContract = {
  status: statusContract,
  environments: environmentsContract,
};

export type AgentClient = ContractRouterClient<typeof agentContract, AgentCallContext>;
