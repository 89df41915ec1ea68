/** In its own file: a client needs it before, and often instead of, the whole contract. */

/**
 * The version of the agent contract and its handshake. Both ends of a connection must have the same version. It
 * goes up with every change that an older end would misunderstand.
 */
export const AGENT_CONTRACT_VERSION = 6;

/** The header in which a call says why it is made: `reasonSchema`. */
export const REASON_HEADER = 'reason';
