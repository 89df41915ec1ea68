import type { Core } from '@core/core';
import { removedView } from '@core/environments/environment-service';
import { os } from '../base';
import { orNever } from '../signal';

export const environmentHandlers = ({
  environments,
  editing,
  reading,
  samples,
  merges,
  glances,
  history,
  links,
  references,
  clipboard,
  declarative,
}: Core) => ({
  list: os.environments.list.handler(({ input }) => environments.list(input.workspaceId)),
  create: os.environments.create.handler(({ input }) =>
    environments.create(input.workspaceId, input.name),
  ),
  createSamples: os.environments.createSamples.handler(({ input, signal }) =>
    samples.create(input.workspaceId, orNever(signal)),
  ),
  rename: os.environments.rename.handler(({ input, signal }) =>
    environments.rename(input.id, input.name, orNever(signal)),
  ),
  duplicate: os.environments.duplicate.handler(({ input }) =>
    environments.duplicate(input.id, input.name),
  ),
  reorder: os.environments.reorder.handler(({ input }) => {
    environments.reorder(input.workspaceId, input.ids);
  }),
  remove: os.environments.remove.handler(async ({ input, signal }) =>
    removedView(await environments.remove(input.id, input.onServer, orNever(signal))),
  ),
  removal: os.environments.removal.handler(async ({ input, signal }) => ({
    recoverable: await environments.isRecoverable(input.id, orNever(signal)),
  })),
  setExpands: os.environments.setExpands.handler(({ input }) =>
    environments.setExpands(input.id, input.expands),
  ),
  setActive: os.environments.setActive.handler(({ input }) => {
    environments.setActive(input.workspaceId, input.id);
  }),
  open: os.environments.open.handler(({ input }) => environments.open(input.id)),
  pull: os.environments.pull.handler(({ input, signal }) =>
    environments.pull(input.id, orNever(signal)),
  ),
  save: os.environments.save.handler(({ input, signal }) =>
    editing.save(input.id, input.base, input.changes, orNever(signal)),
  ),
  merge: os.environments.merge.handler(({ input, signal }) =>
    merges.compare(input, orNever(signal)),
  ),
  saveMerged: os.environments.saveMerged.handler(({ input, signal }) =>
    merges.save(input, orNever(signal)),
  ),
  recreate: os.environments.recreate.handler(({ input: { id, ...edits }, signal }) =>
    editing.recreate(id, edits, orNever(signal)),
  ),
  undelete: os.environments.undelete.handler(async ({ input, signal }) => {
    await editing.undelete(input.id, orNever(signal), input.revision);
  }),
  glance: os.environments.glance.handler(async ({ input, signal }) => {
    await glances.look(input.workspaceId, input.ids, orNever(signal));
    return environments.list(input.workspaceId);
  }),
  history: os.environments.history.handler(({ input, signal }) =>
    history.list(input.id, orNever(signal)),
  ),
  compareVersions: os.environments.compareVersions.handler(({ input, signal }) =>
    history.compare(input, orNever(signal)),
  ),
  revealVersion: os.environments.revealVersion.handler(async ({ input, signal }) => ({
    value: await history.reveal(input, orNever(signal)),
  })),
  versionVariable: os.environments.versionVariable.handler(({ input, signal }) =>
    history.variable(input, orNever(signal)),
  ),
  rollBack: os.environments.rollBack.handler(({ input, signal }) =>
    history.rollBack(input, orNever(signal)),
  ),
  owner: os.environments.owner.handler(async ({ input, signal }) => ({
    owner: await declarative.owner(input.id, orNever(signal)),
  })),
  release: os.environments.release.handler(async ({ input, signal }) => ({
    owner: await declarative.release(input.id, orNever(signal)),
  })),
  revealAt: os.environments.revealAt.handler(({ input }) => ({
    value: reading.revealAt(input.id, input.base, input.key),
  })),
  reveal: os.environments.reveal.handler(async ({ input }) => ({
    value: await reading.reveal(input.id, input.key),
  })),
  revealAll: os.environments.revealAll.handler(async ({ input }) => ({
    values: await reading.revealAll(input.id, input.keys),
  })),
  copy: os.environments.copy.handler(async ({ input }) =>
    clipboard.offer(await reading.copy(input.id, input.key)),
  ),
  copyLines: os.environments.copyLines.handler(async ({ input, signal }) => {
    const { text, leftOut } = await references.copyLines(input, orNever(signal));
    return { copied: await clipboard.offer(text), leftOut };
  }),
  compareValues: os.environments.compareValues.handler(({ input }) =>
    reading.compareValues(input.id, input.entries),
  ),
  export: os.environments.export.handler(({ input, signal }) =>
    references.export(input.id, input.format, orNever(signal)),
  ),
  previewSync: os.environments.previewSync.handler(({ input, signal }) =>
    links.preview(input.id, input.path, orNever(signal)),
  ),
  enableSync: os.environments.enableSync.handler(({ input, signal }) =>
    links.enable(input, orNever(signal)),
  ),
  disableSync: os.environments.disableSync.handler(({ input, signal }) =>
    links.disable(input, orNever(signal)),
  ),
});
