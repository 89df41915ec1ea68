import { z } from 'zod';
import { layouts } from '../../model/layout';
import { linkSides, secretPathSchema } from '../../model/link';
import { selectorSchema } from '../../model/selector';
import { call } from '../base';
import { listedEnvironmentSchema } from './environments';

export const linksContract = {
  /**
   * Links an environment to a path of the workspace's provider: from then on its values live there. `take`
   * says what to do if the path holds a secret already; without it, that is `ALREADY_EXISTS`. Throws
   * `SCHEDULED_FOR_DELETION` unless `undelete` is set.
   */
  link: call
    .input(
      selectorSchema.extend({
        /** Default: the path of the environment. */
        path: secretPathSchema.optional(),
        /** Default: as the path says it, else the first that the provider supports. */
        layout: z.enum(layouts).optional(),
        take: z.enum(linkSides).optional(),
        undelete: z.boolean().optional(),
      }),
    )
    .output(listedEnvironmentSchema),
  /**
   * Unlinks it. Its values stay at the provider and leave this computer; with `keepCopy`, the newest ones become
   * those of this computer, encrypted.
   */
  unlink: call
    .input(selectorSchema.extend({ keepCopy: z.boolean().optional() }))
    .output(listedEnvironmentSchema),
};
