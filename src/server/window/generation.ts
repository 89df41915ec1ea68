import type { Core } from '@core/core';
import { os } from '../base';
import { orNever } from '../signal';

export const generationHandlers = ({ generation }: Core) => ({
  plan: os.generation.plan.handler(({ input, signal }) => generation.plan(input, orNever(signal))),
  apply: os.generation.apply.handler(({ input, signal }) =>
    generation.apply(
      input.generation,
      new Map(input.bases.map(({ id, base }) => [id, base])),
      orNever(signal),
    ),
  ),
});
