import type { Client } from '@shared/contract/window';
import { errorReport } from '@renderer/bridge';
import { createHideTimers } from '@renderer/lib/hide-timers';
import { withoutKey } from '@renderer/lib/without';
import type { Sessions } from './sessions';
import { revealSides } from './sides';

export interface Revealing {
  reveal(this: void, id: string, keys: readonly string[]): Promise<void>;
  hide(this: void, id: string, key: string): void;
  hideAll(this: void): void;
}

export function createRevealing(
  client: Client,
  sessions: Sessions,
  hideAfterSeconds: () => number,
): Revealing {
  const timers = createHideTimers(hideAfterSeconds);
  // An answer that arrives after values were hidden must not show one.
  let generation = 0;

  const hide = (id: string, key: string): void => {
    const session = sessions.of(id);
    if (session?.state !== 'there') return;
    sessions.patchConflict(id, { revealed: withoutKey(session.revealed, key) });
  };

  return {
    reveal: async (id, keys) => {
      const session = sessions.of(id);
      if (session?.state !== 'there') return;
      const asked = generation;
      const rows = session.merge.rows.filter(({ key }) => keys.includes(key));
      try {
        for (const row of rows) {
          const values = await revealSides(client, id, session, row);
          const now = sessions.of(id);
          // Compared again meanwhile: these are the values of an older decision.
          if (asked !== generation || now?.state !== 'there' || now.merge !== session.merge) return;
          sessions.patchConflict(id, { revealed: new Map(now.revealed).set(row.key, values) });
          timers.start(`${id} ${row.key}`, () => hide(id, row.key));
        }
      } catch (error) {
        sessions.patch(id, { error: errorReport(error) });
      }
    },
    hide,
    hideAll: () => {
      generation += 1;
      timers.stopAll();
      sessions.hideAll();
    },
  };
}
