import { z } from 'zod';
import { environmentSchema } from './environment';
import { variableSchema } from './variable';

/** A variable as a line: `as` is the key it gets, `value` what was typed and is not stored. */
export const copyLineSchema = z.object({
  key: z.string(),
  as: z.string().optional(),
  value: z.string().optional(),
});
export type CopyLine = z.infer<typeof copyLineSchema>;

export const openEnvironmentSchema = z.object({
  environment: environmentSchema,
  shape: z.enum(['map', 'text', 'binary']),
  /** Empty while the values are not in memory. Secret values are not among it: see `reveal`. */
  variables: z.array(variableSchema),
  /** What edits are based on; goes back with `save`. Absent while the values are not in memory. */
  base: z.string().optional(),
});
export type OpenEnvironment = z.infer<typeof openEnvironmentSchema>;

export const exportFormats = ['dotenv', 'compose', 'docker', 'json', 'shell'] as const;
export type ExportFormat = (typeof exportFormats)[number];
