import type { Core } from '@core/core';
import { os } from '../base';

export const compareHandlers = ({ compare }: Core) => ({
  environments: os.compare.environments.handler(({ input }) => compare.environments(input.ids)),
  copyVariables: os.compare.copyVariables.handler(({ input }) => compare.copyVariables(input)),
});
