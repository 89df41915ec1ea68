/**
 * Leaves a copy of all unsaved edits with the core, and of what is being typed, so that Lock can keep them. Brings back
 * those that it kept.
 */
import type { Client } from '@shared/contract/window';
import { errorReport } from '../../bridge';
import { draftOf, isEmpty } from './draft';
import { heldDraft, sentDraft, type Drafts, type DraftsStore } from './drafts-store';

export interface HeldEditsEvents {
  /** Edits of another window came, when those of this window were gone. */
  readonly onMore: (ids: readonly string[]) => void;
}

interface Options extends HeldEditsEvents {
  readonly windowId: string;
  readonly workspaceId: string;
  readonly drafts: DraftsStore;
  readonly say: (text: string, tone?: 'bad') => void;
}

export interface HeldEdits {
  /** Brings back what Lock kept, and resolves with the environments. */
  restore(this: void): Promise<readonly string[]>;
  /** Environments whose last edits have not arrived at the core. */
  unheld(this: void): readonly string[];
}

/** What a copy is made of: as long as it is the same, so is the copy. */
const sourceOf = ({ histories, typing }: Drafts, id: string) => ({
  present: histories.get(id)?.present,
  typed: typing.get(id),
});
type Source = ReturnType<typeof sourceOf>;

const isSame = (one: Source | undefined, other: Source): boolean =>
  one?.present === other.present && one?.typed === other.typed;

export function holdEdits(
  client: Client,
  { windowId, workspaceId, drafts, onMore, say }: Options,
): HeldEdits {
  const held = new Map<string, Source>();
  const running = new Set<string>();

  const restore = async (): Promise<readonly string[]> => {
    try {
      const kept = await client.edits.take({ window: windowId, workspaceId });
      for (const { id, base, changes } of kept) {
        drafts.getState().restore(id, draftOf(base, changes));
      }
      return kept.map(({ id }) => id);
    } catch (error) {
      const { code, message } = errorReport(error);
      // They come back with the passphrase.
      if (code !== 'KEY_LOCKED') say(`Unsaved edits could not be brought back. ${message}`, 'bad');
      return [];
    }
  };

  const send = async (id: string): Promise<void> => {
    const draft = heldDraft(drafts.getState(), id);
    const isGone = draft === undefined || isEmpty(draft);
    const { base, changes } = isGone ? { base: '' } : sentDraft(id, draft);
    const edits = changes === undefined ? null : { base, changes };
    const { more } = await client.edits.hold({ window: windowId, id, edits });
    if (isGone && more) onMore(await restore());
  };

  /** One call at a time for each environment; the next one has the newest edits. */
  const hold = async (id: string): Promise<void> => {
    if (running.has(id)) return;
    running.add(id);
    try {
      for (
        let source = sourceOf(drafts.getState(), id);
        !isSame(held.get(id), source);
        source = sourceOf(drafts.getState(), id)
      ) {
        await send(id);
        held.set(id, source);
      }
    } catch {
      // The connection has ended, or Lock came first: the next edit tries again.
    } finally {
      running.delete(id);
    }
  };

  drafts.subscribe((now, before) => {
    if (now.histories === before.histories && now.typing === before.typing) return;
    for (const id of new Set([...now.histories.keys(), ...now.typing.keys(), ...held.keys()])) {
      if (!isSame(held.get(id), sourceOf(now, id))) void hold(id);
    }
  });

  return {
    restore,
    unheld: () => {
      const now = drafts.getState();
      return [...now.histories.keys(), ...now.typing.keys()].filter((id) => {
        const draft = heldDraft(now, id);
        if (draft === undefined || isEmpty(draft)) return false;
        const source = sourceOf(now, id);
        return !isSame(held.get(id), source) || source.typed?.isBehind?.() === true;
      });
    },
  };
}
