import { z } from 'zod';
import { hostKinds } from '../../model/app-info';
import { call } from '../base';

export const statusContract = call.output(
  z.object({
    /** The version of Strongroom. */
    version: z.string(),
    contractVersion: z.number().int(),
    /** The host of the core that answers. */
    host: z.enum(hostKinds),
    dataDirectory: z.string(),
    /** Whether a passphrase must be entered first. Until then every call but this one throws `LOCKED`. */
    locked: z.boolean(),
    workspaces: z.number().int(),
  }),
);
