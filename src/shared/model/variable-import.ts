/** Variables that come from a file, and what became of each. */
import { z } from 'zod';

export const importedVariableSchema = z.object({
  key: z.string(),
  value: z.string(),
  /** Whether the value is masked. */
  secret: z.boolean(),
});
export type ImportedVariable = z.infer<typeof importedVariableSchema>;

const importOutcomes = [
  'added',
  'updated',
  /** It had this value already. */
  'unchanged',
  /** It has another value, and overwriting was not asked for. */
  'kept',
  /** It has no value, and values that are empty were not asked for. */
  'blank',
] as const;

export const importReportSchema = z.array(
  z.object({ key: z.string(), outcome: z.enum(importOutcomes) }),
);
export type ImportReport = z.infer<typeof importReportSchema>;
