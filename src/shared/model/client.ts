/**
 * A client of `strongroom serve`: a program on another machine, with a token that is shown once. It may use the grants
 * and read the environments that it was given, and nothing else.
 */
import { z } from 'zod';
import { parseNetwork } from './ip';

/** As the policy of a grant and the audit name it. */
export const clientNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][\w.-]{0,62}$/,
    'It can have letters, digits, dots, hyphens and underscores, 63 at most.',
  );

/** SHA-256 of a token, in hexadecimal. A token has 256 bits of chance, so nothing slower is needed. */
export const tokenHashSchema = z
  .string()
  .regex(/^[\da-f]{64}$/, 'It is no SHA-256 in hexadecimal: “strongroom client token” prints one.');

const networkSchema = z
  .string()
  .refine((text) => parseNetwork(text) !== undefined, 'This is no address or network.');

const rightsSchema = z.object({
  /** Addresses and networks that it may call from. Default: any. */
  addresses: z.array(networkSchema).min(1).max(50).optional(),
  /** Milliseconds since 1970, UTC. */
  expiresAt: z.number().int().optional(),
});

export const newClientSchema = rightsSchema.extend({
  name: clientNameSchema,
  /** Names or ids. */
  grants: z.array(z.string()).max(500),
  environments: z.array(z.string()).max(500),
});
export type NewClient = z.infer<typeof newClientSchema>;

/** What to change of a client; the rest stays. `null`: from anywhere, and without an end. */
export const clientChangesSchema = z.object({
  name: clientNameSchema.optional(),
  grants: newClientSchema.shape.grants.optional(),
  environments: newClientSchema.shape.environments.optional(),
  addresses: rightsSchema.shape.addresses.nullable(),
  expiresAt: rightsSchema.shape.expiresAt.nullable(),
});
export type ClientChanges = z.infer<typeof clientChangesSchema>;

/** What a client was given: `name` is absent if it is gone. */
const givenSchema = z.object({ id: z.string(), name: z.string().optional() });

export const clientSchema = rightsSchema.extend({
  id: z.uuid(),
  name: z.string(),
  /** The name of the workspace in which it looks for names. */
  workspace: z.string(),
  grants: z.array(givenSchema),
  environments: z.array(givenSchema),
  createdAt: z.number(),
});
export type Client = z.infer<typeof clientSchema>;
