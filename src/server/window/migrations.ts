import type { Core } from '@core/core';
import { removedFields } from '@core/transfer/migration-service';
import { os } from '../base';
import { orNever } from '../signal';

export const migrationHandlers = ({ migrations }: Core) => ({
  targets: os.migrations.targets.handler(({ input }) => migrations.targets(input.workspaceId)),
  plan: os.migrations.plan.handler(({ input, signal }) => migrations.plan(input, orNever(signal))),
  run: os.migrations.run.handler(({ input, signal }) => migrations.run(input, orNever(signal))),
  pending: os.migrations.pending.handler(({ input }) => migrations.pending(input.workspaceId)),
  resume: os.migrations.resume.handler(({ input, signal }) =>
    migrations.resume(input.id, orNever(signal)),
  ),
  undo: os.migrations.undo.handler(async ({ input, signal }) => {
    const { copy, removed } = await migrations.undo(input.id, orNever(signal));
    return { copy, ...(removed && removedFields(removed)) };
  }),
  keepBoth: os.migrations.keepBoth.handler(({ input }) => migrations.keepBoth(input.id)),
});
