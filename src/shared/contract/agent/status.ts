import { z } from 'zod';
import { hostKinds } from '../../model/app-info';
import { call } from '../base';

export const statusContract = call.output(
  z.object({
    /** Of Strongroom. */
    version: z.string(),
    contractVersion: z.number().int(),
    /** What runs the core that answers. */
    host: z.enum(hostKinds),
    dataDirectory: z.string(),
    /** Whether a passphrase has to be entered first. Until then every call but this one fails with `LOCKED`. */
    locked: z.boolean(),
    workspaces: z.number().int(),
  }),
);
