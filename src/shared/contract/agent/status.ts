import { z } from 'zod';
import { hostKinds } from '../../model/app-info';
import { protectionSchema } from '../../model/protection';
import { call } from '../base';

export const statusContract = call.output(
  z.object({
    /** The version of Strongroom. */
    version: z.string(),
    contractVersion: z.number().int(),
    /** The host of the core that answers. */
    host: z.enum(hostKinds),
    dataDirectory: z.string(),
    /** How stored credentials are protected. */
    protection: protectionSchema.shape.mode,
    /** Whether a passphrase must be entered first. Until then calls other than this one throw `LOCKED`. */
    locked: z.boolean(),
    /** Whether programs may use the unlock of the app. Means nothing without a passphrase. */
    shared: z.boolean(),
    /** Whether this connection may make other calls once the core is unlocked: see `security.admit`. */
    admitted: z.boolean(),
    workspaces: z.number().int(),
  }),
);
