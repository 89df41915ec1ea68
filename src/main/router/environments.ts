import type { Services } from '../app';
import { os } from './base';
import { orNever } from './signal';

export const environmentHandlers = ({ environments, clipboard }: Services) => ({
  list: os.environments.list.handler(({ input }) => environments.list(input.workspaceId)),
  create: os.environments.create.handler(({ input }) =>
    environments.create(input.workspaceId, input.name),
  ),
  open: os.environments.open.handler(({ input }) => environments.open(input.id)),
  pull: os.environments.pull.handler(({ input, signal }) => environments.pull(input.id, orNever(signal))),
  reveal: os.environments.reveal.handler(({ input }) => ({
    value: environments.reveal(input.id, input.key),
  })),
  copy: os.environments.copy.handler(({ input }) =>
    clipboard.offer(environments.copy(input.id, input.key)),
  ),
});
