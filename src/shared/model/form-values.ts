import { z } from 'zod';

/** Settings of the form: texts, choices and switches by field name. Never credentials. */
export const formValuesSchema = z.record(z.string(), z.union([z.string(), z.boolean()]));
export type FormValues = z.infer<typeof formValuesSchema>;
