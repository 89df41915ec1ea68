import type { Core } from '@core/core';
import { os } from '../base';
import { orNever } from '../signal';

export const workspaceHandlers = ({ workspaces, samples, setup }: Core) => ({
  list: os.workspaces.list.handler(() => workspaces.list()),
  create: os.workspaces.create.handler(({ input }) => workspaces.create(input.name)),
  createSample: os.workspaces.createSample.handler(({ signal }) =>
    samples.createWorkspace(orNever(signal)),
  ),
  rename: os.workspaces.rename.handler(({ input }) => workspaces.rename(input.id, input.name)),
  setPlainPatterns: os.workspaces.setPlainPatterns.handler(({ input }) =>
    workspaces.setPlainPatterns(input.id, input.patterns),
  ),
  setExpected: os.workspaces.setExpected.handler(({ input }) =>
    workspaces.setExpected(input.id, input.expected),
  ),
  exportSetup: os.workspaces.exportSetup.handler(({ input }) => setup.export(input.id)),
  planSetup: os.workspaces.planSetup.handler(({ input }) => setup.plan(input.text, undefined)),
  importSetup: os.workspaces.importSetup.handler(({ input, signal }) =>
    setup.import(input.text, undefined, orNever(signal)),
  ),
  reorder: os.workspaces.reorder.handler(({ input }) => {
    workspaces.reorder(input.ids);
  }),
  switchTo: os.workspaces.switchTo.handler(({ input }) => {
    workspaces.switchTo(input.id);
  }),
  remove: os.workspaces.remove.handler(({ input }) => workspaces.remove(input.id)),
});
