import { z } from 'zod';
import {
  grantNameSchema,
  grantSchema,
  grantSettingsSchema,
  secretNameSchema,
  secretSourceSchema,
} from '../../model/grant';
import { policySchema } from '../../model/policy';
import { workspaceSelectorSchema } from '../../model/selector';
import { call } from '../base';

/** A grant by its id, or by its name in a workspace. */
const one = workspaceSelectorSchema.extend({ grant: z.string() });

const secrets = z.record(secretNameSchema, secretSourceSchema);

/** Secrets go in, and never come out. Calls about one grant throw `NO_SUCH_GRANT`. */
export const grantsContract = {
  /** By name. */
  list: call.input(workspaceSelectorSchema).output(z.array(grantSchema)),
  find: call.input(one).output(grantSchema),
  /** Throws `NAME_TAKEN`, and `INVALID_INPUT` if a secret is missing, unknown or unusable. */
  create: call
    .input(
      workspaceSelectorSchema.extend({
        name: grantNameSchema,
        settings: grantSettingsSchema,
        secrets,
      }),
    )
    .output(grantSchema),
  /** Throws as `create` does. */
  update: call
    .input(
      one.extend({
        name: grantNameSchema.optional(),
        settings: grantSettingsSchema.omit({ type: true, template: true }).partial(),
        secrets,
      }),
    )
    .output(grantSchema),
  /** Replaces secrets. Throws `INVALID_INPUT` for a clone, and for a secret that it does not have. */
  rotate: call.input(one.extend({ secrets })).output(grantSchema),
  /** For a clone, both policies hold. Throws `NAME_TAKEN` and `GRANT_ENDED`. */
  clone: call
    .input(
      one.extend({
        name: grantNameSchema,
        policy: policySchema,
        hosts: grantSettingsSchema.shape.hosts.optional(),
      }),
    )
    .output(grantSchema),
  setDisabled: call.input(one.extend({ disabled: z.boolean() })).output(grantSchema),
  /** Ends its clones. */
  remove: call.input(one).output(z.void()),
};
