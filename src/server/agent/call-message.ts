import { z } from 'zod';

/** The library reads a body with one of these as a form or a file, and prints one that it cannot read. */
const OF_BODY = /^content-(type|disposition)$/;

const headersSchema = z.record(
  z.string().refine((name) => !OF_BODY.test(name)),
  z.union([z.string(), z.array(z.string())]),
);

/**
 * The messages that a client of the RPC library sends: a call, or the end of one. See
 * `deserializeRequestMessage` in @orpc/standard-server-peer. No call of the contract takes a stream, so no
 * client sends parts of one, and none takes a form or a file.
 */
const schema = z.union([
  z.object({
    i: z.string(),
    t: z.literal(1).optional(),
    p: z.object({
      // What begins with two slashes names a host, which may not be one.
      u: z.string().regex(/^\/(?!\/)/),
      m: z.string().optional(),
      h: headersSchema.optional(),
    }),
  }),
  z.object({ i: z.string(), t: z.literal(4) }),
]);

export const isCallMessage = (message: unknown): boolean => schema.safeParse(message).success;
