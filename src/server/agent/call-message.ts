import { z } from 'zod';

/**
 * What a client of the RPC library sends: a call, or the end of one. See `deserializeRequestMessage` in
 * @orpc/standard-server-peer. No call of the contract takes a stream, so no part of one is sent.
 */
const schema = z.union([
  z.object({
    i: z.string(),
    t: z.literal(1).optional(),
    p: z.object({
      u: z.string().startsWith('/'),
      m: z.string().optional(),
      h: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
    }),
  }),
  z.object({ i: z.string(), t: z.literal(4) }),
]);

export const isCallMessage = (message: unknown): boolean => schema.safeParse(message).success;
