import { z } from 'zod';
import { noteHereSchema } from './note';
import { pointsToSchema } from './stored-reference';

export const variableKinds = ['text', 'number', 'boolean', 'null', 'nested', 'binary'] as const;
export type VariableKind = (typeof variableKinds)[number];

/** The kinds that an edit can give a value. */
export const editableKinds = ['text', 'number', 'boolean', 'null', 'nested'] as const;
export type EditableKind = (typeof editableKinds)[number];

/** The key under which a secret that is not a map shows its one value. */
export const WHOLE_SECRET_KEY = '(whole secret)';

/**
 * A variable as the window knows it. It never contains a secret value: `literal` is there only if the value
 * is shown, because of its kind (numbers, booleans, null) or because a person marked it as plain.
 */
export const variableSchema = z.object({
  key: z.string(),
  kind: z.enum(variableKinds),
  /** Whether the value is masked until it is revealed. */
  secret: z.boolean(),
  /** The value as it is written, unless it is secret. */
  literal: z.string().optional(),
  /** Whether it is left out of exports. It stays at the provider. */
  disabled: z.boolean().optional(),
  /** The number of lines of a text, if it has more than one. */
  lines: z.number().int().optional(),
  /** The number of entries of a nested object or list. */
  entries: z.number().int().optional(),
  nested: z.enum(['object', 'list']).optional(),
  /** Size of a binary value, in bytes. */
  bytes: z.number().int().optional(),
  empty: z.boolean().optional(),
  /** Where the value points, if it is a reference. A reference is no secret, even if its variable is. */
  reference: z.optional(pointsToSchema),
  /** What a person wrote about it. */
  note: z.string().optional(),
  /** Set if its note is only on this computer, although those of the environment are kept with the secret. */
  noteHere: z.optional(noteHereSchema),
  /** Why the value is not the expected one, as a sentence that has no part of it. References are not checked. */
  misfit: z.string().optional(),
});

export type Variable = z.infer<typeof variableSchema>;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * The kind of a value after it was edited. A text that still reads as a number stays a number, and so on;
 * anything else becomes text. A text never becomes a number, because "true" and "5432" are valid texts.
 */
export function kindAfterEdit(before: VariableKind, text: string): EditableKind {
  switch (before) {
    case 'number':
      return NUMBER.test(text) ? 'number' : 'text';
    case 'boolean':
      return text === 'true' || text === 'false' ? 'boolean' : 'text';
    case 'null':
      return text === 'null' ? 'null' : 'text';
    case 'nested':
      return isNestedJson(text) ? 'nested' : 'text';
    case 'text':
    case 'binary':
      return 'text';
  }
}

function isNestedJson(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
