/** Unsaved edits that Lock keeps for the windows. */
import type { z } from 'zod';
import { draftSchema } from './transfer';

/** The unsaved edits of one environment, without its id. */
export const keptEditsSchema = draftSchema.omit({ id: true });
export type HeldEdits = z.infer<typeof keptEditsSchema>;

/** With the id of the environment. */
export type KeptEdits = z.infer<typeof draftSchema>;
