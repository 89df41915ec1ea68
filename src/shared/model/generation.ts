/** What can be generated as the value of a variable, and what that would do in which environments. */
import { z } from 'zod';
import { errorReportSchema } from './error-report';

export const characterClasses = ['lower', 'upper', 'digits', 'symbols'] as const;
export type CharacterClass = (typeof characterClasses)[number];

export const PASSWORD_MIN = 8;
export const PASSWORD_MAX = 256;
export const BYTES_MIN = 8;
export const BYTES_MAX = 512;
export const rsaSizes = [2048, 3072, 4096] as const;

const lengthSchema = z.number().int().min(PASSWORD_MIN).max(PASSWORD_MAX);
const bytesSchema = z.number().int().min(BYTES_MIN).max(BYTES_MAX);

const recipeSchema = z.discriminatedUnion('kind', [
  /** Each class is in it at least once. */
  z.object({
    kind: z.literal('password'),
    length: lengthSchema,
    classes: z.array(z.enum(characterClasses)).min(1, 'Choose at least one kind of character.'),
    /** Without characters that people confuse, such as 0 and O. */
    readable: z.boolean(),
  }),
  z.object({ kind: z.literal('hex'), bytes: bytesSchema }),
  /** `urlSafe`: with - and _ in place of + and /, and without padding. */
  z.object({ kind: z.literal('base64'), bytes: bytesSchema, urlSafe: z.boolean() }),
  z.object({ kind: z.literal('uuid') }),
  /** The private key as PKCS #8 and the public key as SPKI, both PEM. */
  z.object({ kind: z.literal('rsa'), bits: z.literal(rsaSizes) }),
  z.object({ kind: z.literal('ed25519') }),
]);
export type Recipe = z.infer<typeof recipeSchema>;

export const isKeyPair = ({ kind }: Recipe): boolean => kind === 'rsa' || kind === 'ed25519';

const keySchema = z.string().trim().min(1, 'Enter a key.').max(1000);

const targetsSchema = z
  .array(z.uuid())
  .min(1, 'Choose at least one environment.')
  .max(100, 'At most 100 environments.');

export const generationSchema = z
  .object({
    key: keySchema,
    /** The key of the public key, for a key pair. */
    publicKey: keySchema.optional(),
    recipe: recipeSchema,
    ids: targetsSchema,
    /** Whether all environments get the same value. */
    same: z.boolean(),
  })
  .refine(({ key, publicKey }) => key !== publicKey, {
    message: 'The public key needs another name.',
    path: ['publicKey'],
  });
export type Generation = z.infer<typeof generationSchema>;

export const generationPlanSchema = z.array(
  z.object({
    id: z.uuid(),
    name: z.string(),
    /** The revision that the plan was made for; absent if the environment cannot be written. */
    base: z.string().optional(),
    changes: z.array(
      z.object({
        key: z.string(),
        change: z.enum(['added', 'replaced', 'replaces a reference']),
      }),
    ),
    /** Why it cannot be written. */
    problem: errorReportSchema.optional(),
  }),
);
export type GenerationPlan = z.infer<typeof generationPlanSchema>;

export const generationResultSchema = z.array(
  z.object({ id: z.uuid(), name: z.string(), problem: errorReportSchema.optional() }),
);
export type GenerationResult = z.infer<typeof generationResultSchema>;
