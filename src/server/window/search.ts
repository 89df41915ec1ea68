import type { Core } from '@core/core';
import { os } from '../base';
import { orNever } from '../signal';

export const searchHandlers = ({ search }: Core) => ({
  find: os.search.find.handler(({ input, signal }) => search.find(input, orNever(signal))),
  holders: os.search.holders.handler(({ input, signal }) =>
    search.holders(input.workspaceId, input.key, orNever(signal)),
  ),
});
