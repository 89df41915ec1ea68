/**
 * The first message each way on the agent socket, before any call. Both ends read the version out of the
 * first message first: everything else in it may differ between versions.
 */
import { z } from 'zod';
import { hostKinds } from '../../model/app-info';
import { callerKinds, processSchema } from '../../model/caller';

/** What every version of the handshake says, so that each end can tell which one is older. */
export const versionSchema = z.object({
  /** `AGENT_CONTRACT_VERSION` of the sender. */
  contract: z.number().int().positive(),
  /** Of Strongroom, for people. */
  version: z.string().max(100),
});
export type Versions = z.infer<typeof versionSchema>;

/** From the client. */
export const helloSchema = versionSchema.extend({
  kind: z.enum(callerKinds).exclude(['window']),
  process: processSchema,
  /** Fresh for each connection. */
  nonce: z.string().max(100),
  /** Shows that the client could read the token, if the core has written one. */
  proof: z.string().max(100).optional(),
});
export type Hello = z.infer<typeof helloSchema>;

/** From the core. */
export const welcomeSchema = z.discriminatedUnion('answer', [
  versionSchema.extend({
    answer: z.literal('welcome'),
    host: z.enum(hostKinds),
    /** Shows that the core is the one that has written the token. */
    proof: z.string().optional(),
  }),
  versionSchema.extend({
    answer: z.literal('refused'),
    because: z.enum([
      /** The ends speak different versions of the contract. */
      'version',
      /** Too many clients are connected. */
      'busy',
      /** The proof is missing or wrong. */
      'proof',
      /** The first message is not a hello. */
      'hello',
    ]),
  }),
]);
export type Welcome = z.infer<typeof welcomeSchema>;
