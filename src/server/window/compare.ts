import type { Core } from '@core/core';
import { os } from '../base';
import { orNever } from '../signal';

export const compareHandlers = ({ compare }: Core) => ({
  environments: os.compare.environments.handler(({ input }) => compare.environments(input.ids)),
  copyVariable: os.compare.copyVariable.handler(({ input, signal }) =>
    compare.copyVariable(input, orNever(signal)),
  ),
});
