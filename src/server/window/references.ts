import type { Core } from '@core/core';
import { os } from '../base';
import { orNever } from '../signal';

export const referenceHandlers = ({ references, clipboard }: Core) => ({
  check: os.references.check.handler(({ input: { id, texts, typed, drafts } }) =>
    references.check(id, texts, typed, drafts),
  ),
  uses: os.references.uses.handler(({ input: { id, key, drafts } }) =>
    references.uses(id, key, drafts),
  ),
  reveal: os.references.reveal.handler(async ({ input: { id, key }, signal }) => ({
    value: await references.resolve(id, key, 'revealed', orNever(signal)),
  })),
  copy: os.references.copy.handler(async ({ input: { id, key }, signal }) =>
    clipboard.offer(await references.resolve(id, key, 'copied', orNever(signal))),
  ),
});
