import type { Stores } from '../create-stores';

/** Newer values of an environment are on show, wherever they came from: its edits move onto them. */
export function onShown({ environment, merges }: Stores): void {
  environment.subscribe(({ data }, before) => {
    if (data !== undefined && data !== before.data) {
      void merges.getState().carryOver(data.environment.id, data.base, false);
    }
  });
}
