import type { Stores } from '../create-stores';

/** The store may know of an owner that this computer does not know. */
export function onOwnedShown({ environment, owners }: Stores): void {
  environment.subscribe(({ data }, before) => {
    if (data !== undefined && data !== before.data) void owners.getState().look(data.environment);
  });
}
