import { z } from 'zod';
import { brokeredVariableSchema } from '../../model/brokered';
import { referenceSchema } from '../../model/reference';
import { workspaceSelectorSchema } from '../../model/selector';
import { call } from '../base';

const LIMIT = 10_000;

const resolvedSchema = z.object({
  value: z.string(),
  /** Whether the value, or one that it refers to, is masked. */
  secret: z.boolean(),
});

const chosenSchema = workspaceSelectorSchema.extend({
  /** Names or ids; of two variables with the same key, that of the later counts. Default: the active one. */
  environments: z.array(z.string()).max(100),
});

export const doubtfulSchema = z.array(
  /** The variable whose value has the form of a reference, but names no environment. */
  z.object({ environment: z.string(), key: z.string() }),
);

/** For programs that get values: see `run` and `inject` of the command line. */
export const runContract = {
  /**
   * The variables for a program. Reads each synced environment from its provider, and follows references.
   * Logged, without the values. Throws `UNKNOWN_REFERENCE` and `REFERENCE_CYCLE`, which name all that cannot be
   * resolved, and `NO_SUCH_ENVIRONMENT`, `NO_SUCH_VARIABLE` for `only`.
   */
  variables: call
    .input(
      chosenSchema.extend({
        /** Variables that the program gets in place of those of the environments. */
        assigned: z
          .array(
            z.object({
              key: z.string().min(1),
              /** Absent if the caller has the value. */
              reference: referenceSchema.optional(),
            }),
          )
          .max(LIMIT),
        /** The keys of the environments' variables that are wanted. Default: all that are not disabled. */
        only: z.array(z.string()).max(LIMIT).optional(),
        /**
         * Which variables the program does not get, for `requests.broker`: these with their grants, or without a list
         * all secret ones that a grant refers to. Throws `INVALID_INPUT` and `NO_SUCH_VARIABLE` if that does not fit.
         */
        brokered: z
          .object({
            variables: z
              .array(z.object({ key: z.string(), grant: z.string().optional() }))
              .min(1)
              .max(LIMIT)
              .optional(),
          })
          .optional(),
        /** Whether `{{NAME}}` in a value is replaced by that variable of the same environment. */
        expand: z.boolean(),
      }),
    )
    .output(
      z.object({
        variables: z.array(resolvedSchema.extend({ key: z.string() })),
        /** Those that are not among the variables. */
        brokered: z.array(brokeredVariableSchema),
        doubtful: doubtfulSchema,
        /** The ids of the environments that were read, for `revisions`. */
        read: z.array(z.uuid()),
      }),
    ),
  /** The values of references, in their order. Throws as `variables` does. */
  references: call
    .input(chosenSchema.extend({ references: z.array(referenceSchema).max(LIMIT) }))
    .output(z.object({ values: z.array(resolvedSchema), doubtful: doubtfulSchema })),
  /**
   * A text for each environment that is another one after its values have changed. Asks a provider for metadata
   * alone, if it has any.
   */
  revisions: call
    .input(z.object({ environments: z.array(z.uuid()).max(LIMIT) }))
    .output(z.array(z.string())),
};
