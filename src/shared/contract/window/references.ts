import { z } from 'zod';
import { checkedValueSchema, usesSchema } from '../../model/stored-reference';
import { draftSchema } from '../../model/transfer';
import { call, copiedSchema } from '../base';

const oneVariable = z.object({ id: z.uuid(), key: z.string() });
/** The unsaved edits of the window: references between them count. */
const drafts = z.array(draftSchema);

/** References between variables, for the window. None of these calls writes anything. */
export const referencesContract = {
  /** What texts would be as values of an environment, in their order. Asks no provider. */
  check: call
    .input(
      z.object({
        id: z.uuid(),
        /** `key` is the key of the variable, after the unsaved edits. */
        texts: z.array(z.object({ key: z.string(), text: z.string() })),
        /** Whether a person is typing them: then `@NAME` can be kept as a reference. */
        typed: z.boolean(),
        drafts,
      }),
    )
    .output(z.array(checkedValueSchema)),
  /** The variables that refer to one. Asks no provider: `unread` names the environments not in memory. */
  uses: call.input(oneVariable.extend({ drafts })).output(usesSchema),
  /**
   * Reveals the value that programs get: references are followed, and `{{NAME}}` is replaced if the environment
   * has that on. Reads environments that are not in memory. Logged, without the value. Throws
   * `UNKNOWN_REFERENCE` and `REFERENCE_CYCLE`.
   */
  reveal: call.input(oneVariable).output(z.object({ value: z.string() })),
  /** The same for the clipboard: see `environments.copy`. */
  copy: call.input(oneVariable).output(copiedSchema),
};
