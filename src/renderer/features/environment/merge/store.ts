/** Unsaved edits that met what somebody else wrote: what fits is saved, the rest is asked. */
import type { Client } from '@shared/contract/window';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { MergeSide } from '@shared/model/merge';
import { createStore } from 'zustand';
import type { DraftsStore } from '../drafts-store';
import { createCarrying, type Carrying } from './carrying';
import { createDeciding, type Deciding } from './deciding';
import { createRevealing, type Revealing } from './revealing';
import { sessionOf, type Ask, type MergeSession } from './session';
import { sessionsIn } from './sessions';

export interface Merges extends Deciding, Carrying, Revealing {
  /** By environment. */
  readonly sessions: ReadonlyMap<string, MergeSession>;
  /** Environments whose edits are being put on newer values. */
  readonly carrying: ReadonlySet<string>;
  choose(this: void, id: string, side: MergeSide, keys: readonly string[]): void;
  /** Leaves the edits and the server as they are. */
  cancel(this: void, id: string): void;
  /** Forgets the edits. */
  discard(this: void, id: string): void;
  forgetAll(this: void): void;
}

export interface MergesEvents {
  readonly onSaved: (open: OpenEnvironment) => Promise<void>;
  /** The core has newer values in memory, or knows that there are none any more. */
  readonly onFetched: (theirs: OpenEnvironment | undefined) => Promise<void>;
}

interface MergesOptions extends MergesEvents {
  /** When a revealed value is hidden. */
  readonly hideAfterSeconds: () => number;
  readonly drafts: DraftsStore;
  readonly say: (text: string, tone?: 'bad') => void;
}

export const createMerges = (client: Client, options: MergesOptions) =>
  createStore<Merges>()((set, get) => {
    const { drafts } = options;
    const sessions = sessionsIn(
      () => get().sessions,
      (all) => set({ sessions: all }),
    );
    const revealing = createRevealing(client, sessions, options.hideAfterSeconds);
    const { hideAll } = revealing;

    const ask: Ask = async (id, draft, merge, before) => {
      sessions.put(id, sessionOf(draft, merge, before));
      await options.onFetched(merge.state === 'gone' ? undefined : merge.theirs);
    };

    return {
      sessions: new Map(),
      carrying: new Set(),
      ...createCarrying(client, {
        ...options,
        sessions,
        ask,
        setCarrying: (alter) => set(({ carrying }) => ({ carrying: alter(carrying) })),
      }),
      ...createDeciding(client, { ...options, sessions, ask, hideAll }),
      ...revealing,
      choose: (id, side, keys) => {
        const session = sessions.of(id);
        if (session?.state !== 'there') return;
        const choices = new Map(session.choices);
        for (const key of keys) choices.set(key, side);
        sessions.patchConflict(id, { choices });
      },
      cancel: (id) => {
        hideAll();
        sessions.end(id);
      },
      discard: (id) => {
        drafts.getState().forget(id);
        sessions.end(id);
      },
      forgetAll: () => {
        hideAll();
        set({ sessions: new Map() });
      },
    };
  });
