import { z } from 'zod';
import {
  grantNameSchema,
  grantSchema,
  grantSettingsSchema,
  secretNameSchema,
  secretSourceSchema,
} from '../../model/grant';
import { policySchema } from '../../model/policy';
import { call } from '../base';

const byId = z.object({ id: z.uuid() });

const { header, format, region, service } = grantSettingsSchema.shape;

const secrets = z.record(secretNameSchema, secretSourceSchema);

/** Secrets go in, and never come out. Calls about one grant throw `NO_SUCH_GRANT`. */
export const grantsContract = {
  /** By name. */
  list: call.input(z.object({ workspaceId: z.uuid() })).output(z.array(grantSchema)),
  find: call.input(byId).output(grantSchema),
  /** Throws `NAME_TAKEN`, and `INVALID_INPUT` if a secret is missing, unknown or unusable. */
  create: call
    .input(
      z.object({
        workspaceId: z.uuid(),
        name: grantNameSchema,
        settings: grantSettingsSchema,
        secrets,
      }),
    )
    .output(grantSchema),
  /** Throws as `create` does. Of a clone, only the name, the hosts, the networks and the policy can change. */
  update: call
    .input(
      byId.extend({
        name: grantNameSchema.optional(),
        /** What is absent stays; `null` removes. */
        settings: grantSettingsSchema.omit({ type: true, template: true }).partial().extend({
          header: header.nullable(),
          format: format.nullable(),
          region: region.nullable(),
          service: service.nullable(),
        }),
        /** Those that the new settings need in addition. */
        secrets,
      }),
    )
    .output(grantSchema),
  /** Replaces secrets. Throws `INVALID_INPUT` for a clone, and for a secret that it does not have. */
  rotate: call.input(byId.extend({ secrets })).output(grantSchema),
  /** For a clone, both policies hold, and the hosts of both. Throws `NAME_TAKEN` and `GRANT_ENDED`. */
  clone: call
    .input(
      byId.extend({
        name: grantNameSchema,
        policy: policySchema,
        hosts: grantSettingsSchema.shape.hosts,
      }),
    )
    .output(grantSchema),
  setDisabled: call.input(byId.extend({ disabled: z.boolean() })).output(grantSchema),
  /** Ends its clones. */
  remove: call.input(byId).output(z.void()),
};
