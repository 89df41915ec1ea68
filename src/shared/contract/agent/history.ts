import { z } from 'zod';
import { environmentHistorySchema, versionDifferenceSchema } from '../../model/secret-history';
import { selectorSchema } from '../../model/selector';
import { call } from '../base';
import { listedEnvironmentSchema } from './environments';

/** The versions that the provider of a synced environment keeps. */
export const historyContract = {
  /** From metadata alone, the newest first. */
  list: call.input(selectorSchema).output(environmentHistorySchema),
  /** What one version changed compared with another, or with nothing; versions by `version` or `revision`. */
  compare: call
    .input(selectorSchema.extend({ before: z.string().optional(), after: z.string() }))
    .output(versionDifferenceSchema),
  /**
   * Writes an old version, named by `version` or `revision`, as a new one; without a version, undeletes the
   * secret. Throws `NO_SUCH_VERSION`, and `CONFLICT` if somebody writes at the same time.
   */
  restore: call
    .input(selectorSchema.extend({ version: z.string().optional() }))
    .output(listedEnvironmentSchema),
};
