import { z } from 'zod';

export const variableKinds = ['text', 'number', 'boolean', 'null', 'nested', 'binary'] as const;
export type VariableKind = (typeof variableKinds)[number];

/** The key under which a secret that is not a map shows its one value. */
export const WHOLE_SECRET_KEY = '(whole secret)';

/**
 * A variable as the window knows it. It never holds a secret value: `literal` is there only for those
 * that are shown, by their kind (numbers, booleans, null) or because somebody marked them plain.
 */
export const variableSchema = z.object({
  key: z.string(),
  kind: z.enum(variableKinds),
  /** Whether the value is masked until it is revealed. */
  secret: z.boolean(),
  /** The value as written, of one that is not secret. */
  literal: z.string().optional(),
  /** Left out of exports; it stays where it is. */
  disabled: z.boolean().optional(),
  /** Lines of a text that has more than one. */
  lines: z.number().int().optional(),
  /** Entries of a nested object or list. */
  entries: z.number().int().optional(),
  nested: z.enum(['object', 'list']).optional(),
  /** Size of a binary value, in bytes. */
  bytes: z.number().int().optional(),
  empty: z.boolean().optional(),
});

export type Variable = z.infer<typeof variableSchema>;
