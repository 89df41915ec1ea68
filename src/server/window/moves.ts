import type { Services } from '@core/core';
import { removedFields } from '@core/transfer/migrate-service';
import { os } from '../base';
import { orNever } from '../signal';

export const moveHandlers = ({ moves }: Services) => ({
  targets: os.moves.targets.handler(({ input }) => moves.targets(input.workspaceId)),
  plan: os.moves.plan.handler(({ input, signal }) => moves.plan(input, orNever(signal))),
  run: os.moves.run.handler(({ input, signal }) => moves.run(input, orNever(signal))),
  pending: os.moves.pending.handler(({ input }) => moves.pending(input.workspaceId)),
  resume: os.moves.resume.handler(({ input, signal }) => moves.resume(input.id, orNever(signal))),
  undo: os.moves.undo.handler(async ({ input, signal }) => {
    const { copy, removed } = await moves.undo(input.id, orNever(signal));
    return { copy, ...(removed && removedFields(removed)) };
  }),
  keepBoth: os.moves.keepBoth.handler(({ input }) => moves.keepBoth(input.id)),
});
