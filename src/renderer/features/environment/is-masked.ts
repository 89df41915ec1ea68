import type { Variable } from '@shared/model/variable';

/** Whether there is a value that can be revealed. */
export const isMasked = (variable: Variable | undefined): boolean =>
  variable !== undefined &&
  variable.literal === undefined &&
  variable.kind !== 'binary' &&
  variable.empty !== true;
