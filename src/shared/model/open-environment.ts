import { z } from 'zod';
import { environmentSchema } from './environment';
import { followedSchema } from './stored-reference';
import { variableSchema } from './variable';

/** A variable to copy as a line: `as` is its key in the line, `value` a typed value that is not saved. */
export const copyLineSchema = z.object({
  key: z.string(),
  as: z.string().optional(),
  value: z.string().optional(),
});
export type CopyLine = z.infer<typeof copyLineSchema>;

export const openEnvironmentShape = {
  environment: environmentSchema,
  shape: z.enum(['map', 'text', 'binary']),
  /** Empty while the values are not in memory. It contains no secret values: see `reveal`. */
  variables: z.array(variableSchema),
  /** The base of edits. Pass it to `save`. Absent while the values are not in memory. */
  base: z.string().optional(),
  /** Where notes of variables are kept: with the secret at its provider, or on this computer. Absent with `base`. */
  notesAt: z.enum(['secret', 'computer']).optional(),
  /** What became of references to variables that this save renamed. */
  followed: z.optional(followedSchema),
};

export const openEnvironmentSchema = z.object(openEnvironmentShape);
export type OpenEnvironment = z.infer<typeof openEnvironmentSchema>;

/** The forms in which variables with their values are copied. */
export const copyFormats = ['value', 'dotenv', 'export', 'json', 'docker', 'yaml'] as const;
export type CopyFormat = (typeof copyFormats)[number];

export const exportFormats = ['dotenv', 'compose', 'docker', 'json', 'shell'] as const;
export type ExportFormat = (typeof exportFormats)[number];
