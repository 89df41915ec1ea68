import type { Client } from '@shared/contract/window';
import { isOvertaken } from '@shared/errors';
import type { OpenEnvironment } from '@shared/model/open-environment';
import { errorReport } from '@renderer/bridge';
import { presentDraft, sentDraft, type DraftsStore } from '../drafts-store';
import { conflictsOf, mergedText, type Ask, type MergeSession } from './session';
import type { Sessions } from './sessions';

/** A write that needs no decision is tried this many times before it fails. */
const ATTEMPTS = 3;

/** The writes: of edits that fit by themselves, and of those that a person has decided about. */
export interface Deciding {
  /**
   * A save was refused because somebody else wrote first. Saves edits that fit by themselves, else
   * asks. Resolves with whether they were saved; throws what the calls throw.
   */
  saveOver(this: void, id: string): Promise<boolean>;
  /** Writes the merge as it was chosen. */
  save(this: void, id: string): Promise<void>;
  /** Writes all variables to a path that no longer holds anything. */
  recreate(this: void, id: string): Promise<void>;
  /** Undeletes a secret that is scheduled for deletion, then saves the edits. */
  undeleteAndSave(this: void, id: string): Promise<void>;
}

interface Options {
  readonly drafts: DraftsStore;
  readonly say: (text: string) => void;
  readonly onSaved: (open: OpenEnvironment) => Promise<void>;
  readonly sessions: Sessions;
  readonly ask: Ask;
  readonly hideAll: () => void;
}

export function createDeciding(client: Client, options: Options): Deciding {
  const { drafts, say, onSaved, sessions, ask, hideAll } = options;

  const saved = async (id: string, open: OpenEnvironment): Promise<void> => {
    drafts.getState().forget(id);
    sessions.end(id);
    await onSaved(open);
  };

  const askAgain = async (id: string, session: MergeSession): Promise<void> => {
    const before = session.state === 'there' ? session : undefined;
    const since = before?.merge.theirs.base;
    const merge = await client.environments.merge({
      ...sentDraft(id, session.draft),
      fetch: true,
      ...(since !== undefined && { since }),
    });
    hideAll();
    await ask(id, session.draft, merge, before);
  };

  /** Runs one write at a time. If somebody else wrote meanwhile, asks again. */
  const decided = async (
    id: string,
    write: (session: MergeSession) => Promise<void>,
  ): Promise<void> => {
    const session = sessions.of(id);
    if (session === undefined || session.busy) return;
    sessions.patch(id, { busy: true, error: undefined });
    try {
      await write(session).catch(async (error: unknown) => {
        if (!isOvertaken(errorReport(error).code)) throw error;
        await askAgain(id, session);
      });
    } catch (error) {
      sessions.patch(id, { error: errorReport(error) });
    } finally {
      sessions.patch(id, { busy: false });
    }
  };

  return {
    saveOver: async (id) => {
      const draft = presentDraft(drafts, id);
      if (draft === undefined) return false;
      for (let left = ATTEMPTS; ; left -= 1) {
        const merge = await client.environments.merge({ ...sentDraft(id, draft), fetch: true });
        if (merge.state === 'gone' || conflictsOf(merge).length > 0) {
          await ask(id, draft, merge);
          return false;
        }
        try {
          const open = await client.environments.saveMerged({
            ...sentDraft(id, draft),
            theirs: merge.theirs.base,
            choices: [],
          });
          await saved(id, open);
          say(mergedText(merge));
          return true;
        } catch (error) {
          if (left === 1 || !isOvertaken(errorReport(error).code)) throw error;
        }
      }
    },
    save: (id) =>
      decided(id, async (session) => {
        if (session.state !== 'there') return;
        const open = await client.environments.saveMerged({
          ...sentDraft(id, session.draft),
          theirs: session.merge.theirs.base,
          choices: [...session.choices].map(([key, side]) => ({ key, side })),
        });
        await saved(id, open);
        say(mergedText(session.merge, session.choices));
      }),
    recreate: (id) =>
      decided(id, async ({ draft }) => {
        await saved(id, await client.environments.recreate(sentDraft(id, draft)));
        say('Recreated.');
      }),
    undeleteAndSave: (id) =>
      decided(id, async () => {
        await client.environments.undelete({ id });
        sessions.end(id);
        if (await drafts.getState().save(id)) say('Undeleted and saved.');
      }),
  };
}
