/** The decisions that are open, by environment. */
import { withoutKey } from '@renderer/lib/without';
import type { Conflict, MergeSession } from './session';

export interface Sessions {
  of(this: void, id: string): MergeSession | undefined;
  put(this: void, id: string, session: MergeSession): void;
  /** These two do nothing if the decision has ended. */
  patch(this: void, id: string, change: Partial<Pick<MergeSession, 'busy' | 'error'>>): void;
  patchConflict(
    this: void,
    id: string,
    change: Partial<Pick<Conflict, 'choices' | 'revealed'>>,
  ): void;
  end(this: void, id: string): void;
  /** Takes the revealed values out of every decision. */
  hideAll(this: void): void;
}

type All = ReadonlyMap<string, MergeSession>;

export function sessionsIn(get: () => All, set: (sessions: All) => void): Sessions {
  const of = (id: string): MergeSession | undefined => get().get(id);
  const put = (id: string, session: MergeSession): void => set(new Map(get()).set(id, session));
  return {
    of,
    put,
    patch: (id, change) => {
      const session = of(id);
      if (session !== undefined) put(id, { ...session, ...change });
    },
    patchConflict: (id, change) => {
      const session = of(id);
      if (session?.state === 'there') put(id, { ...session, ...change });
    },
    end: (id) => set(withoutKey(get(), id)),
    hideAll: () =>
      set(
        new Map(
          [...get()].map(([id, session]) => [
            id,
            session.state === 'there' ? { ...session, revealed: new Map() } : session,
          ]),
        ),
      ),
  };
}
