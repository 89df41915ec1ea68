import type { Client } from '@shared/contract/window';
import { thrownLine } from '@renderer/app/thrown-line';
import { withoutMember } from '@renderer/lib/without';
import { countsOf, type Draft } from '../draft';
import { presentDraft, sentDraft, type DraftsStore } from '../drafts-store';
import { conflictsOf, sameKeys, type Ask } from './session';
import type { Sessions } from './sessions';

export interface Carrying {
  /**
   * Puts the edits on the values in memory, which have this base, if they fit. If they do not, asks
   * with `ask`; without, leaves them as they are.
   */
  carryOver(this: void, id: string, base: string | undefined, ask: boolean): Promise<void>;
}

interface Options {
  readonly drafts: DraftsStore;
  readonly say: (text: string, tone?: 'bad') => void;
  readonly sessions: Sessions;
  readonly ask: Ask;
  /** Changes the set of environments whose edits are being carried over. */
  readonly setCarrying: (alter: (ids: ReadonlySet<string>) => ReadonlySet<string>) => void;
}

export function createCarrying(
  client: Client,
  { drafts, say, sessions, ask, setCarrying }: Options,
): Carrying {
  // One at a time for each environment.
  const running = new Map<string, Promise<void>>();

  const carry = async (id: string, draft: Draft, asks: boolean): Promise<void> => {
    try {
      const merge = await client.environments.merge({ ...sentDraft(id, draft), fetch: false });
      if (merge.state === 'gone' || presentDraft(drafts, id) !== draft) return;
      if (conflictsOf(merge).length === 0) {
        drafts.getState().carryOver(merge.theirs, sameKeys(merge));
        say('Your unsaved edits now apply to the newest values.');
      } else if (asks) await ask(id, draft, merge);
    } catch (error) {
      // The edits keep their base, and the page shows that.
      if (asks) say(thrownLine(error), 'bad');
    }
  };

  return {
    carryOver: async (id, base, asks) => {
      await running.get(id);
      const draft = presentDraft(drafts, id);
      if (draft === undefined || countsOf(draft).total === 0) return;
      if (base === undefined || draft.base === base) return;
      if (sessions.of(id) !== undefined || drafts.getState().saving.has(id)) return;
      const run = carry(id, draft, asks).finally(() => {
        running.delete(id);
        setCarrying((ids) => withoutMember(ids, id));
      });
      running.set(id, run);
      setCarrying((ids) => new Set(ids).add(id));
      await run;
    },
  };
}
