import type { Core } from '@core/core';
import { os } from '../base';
import { orNever } from '../signal';

async function* asNull(events: AsyncIterable<void>): AsyncGenerator<null, void, undefined> {
  for await (const _ of events) yield null;
}

export const editsHandlers = ({ edits }: Core) => ({
  attend: os.edits.attend.handler(({ input, signal }) =>
    asNull(edits.attend(input.window, orNever(signal))),
  ),
  hold: os.edits.hold.handler(({ input }) => ({
    more: edits.hold(input.window, input.id, input.edits ?? undefined),
  })),
  take: os.edits.take.handler(({ input }) => edits.take(input.window, input.workspaceId)),
});
