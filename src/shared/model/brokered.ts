/** Variables that a program does not get: it gets placeholders, and a proxy puts the values into its requests. */
import { z } from 'zod';
import { grantSchema } from './grant';

export const brokeredVariableSchema = z.object({
  /** The name of the variable. */
  key: z.string(),
  /** The name of the secret of its grant. */
  secret: z.string(),
  grant: grantSchema.pick({ id: true, name: true, type: true, hosts: true }),
});
export type BrokeredVariable = z.infer<typeof brokeredVariableSchema>;
