/** References between variables: what is typed is checked, renames are followed, and uses are listed. */
import type { Client } from '@shared/contract/window';
import type { ErrorReport } from '@shared/errors';
import { listOf } from '@shared/model/format';
import type { KeyIssue } from '@shared/model/key-rules';
import { mayRefer } from '@shared/model/may-refer';
import type { CheckedValue, Followed, Uses } from '@shared/model/stored-reference';
import type { Environment } from '@shared/model/environment';
import { createStore } from 'zustand';
import { errorReport } from '@renderer/bridge';
import { plural } from '@renderer/lib/format';
import { putValues, type Row } from '../draft';
import { unsavedWorkOf, type DraftsStore } from '../drafts-store';
import { followedDraft } from './follow-draft';

/** A variable of an environment. */
interface Place {
  readonly id: string;
  readonly key: string;
}

interface Question extends Place {
  /** Absent while it is asked. */
  readonly uses?: Uses;
  readonly error?: ErrorReport;
}

export interface References {
  /** What was found out about the typed values of the environment on show, by row id. */
  readonly checked: ReadonlyMap<string, CheckedValue>;
  /** The variable whose uses are on show. */
  readonly question: Question | undefined;
  /** The variable to focus as soon as its environment is on show. */
  readonly wanted: Place | undefined;
  /** Checks the typed values again. */
  checkRows(this: void, id: string, rows: readonly Row[]): Promise<void>;
  /** What a text would be as the value of a variable. Resolves with `undefined` if nobody can tell. */
  checkTyped(this: void, id: string, key: string, text: string): Promise<CheckedValue | undefined>;
  /** Lists what refers to a variable. */
  ask(this: void, id: string, key: string): Promise<void>;
  closeQuestion(this: void): void;
  /** Leads to a variable, in whatever environment. */
  go(this: void, to: Place): void;
  arrived(this: void): void;
  /** Makes unsaved edits of the references that did not follow a rename, and says what became of all of them. */
  follow(this: void, followed: Followed): Promise<void>;
}

export interface ReferencesEvents {
  readonly onGo: (id: string) => void;
}

interface ReferencesOptions extends ReferencesEvents {
  readonly drafts: DraftsStore;
  readonly environments: () => readonly Environment[];
  readonly say: (text: string, tone: 'info') => void;
}

export const createReferences = (client: Client, options: ReferencesOptions) =>
  createStore<References>()((set, get) => {
    const { drafts } = options;
    const unsaved = unsavedWorkOf(drafts);
    let asked = 0;

    /** Changes what is unsaved elsewhere, in the same step of undo as it was typed in. */
    const followDrafts = ({ renamed }: Followed): void => {
      const list = options.environments();
      const names = new Set(list.flatMap(({ name, id }) => [name, id]));
      for (const id of drafts.getState().histories.keys()) {
        const { name: vault = '', expands = false } = list.find((one) => one.id === id) ?? {};
        drafts
          .getState()
          .amend(id, (draft) => followedDraft(draft, renamed, { vault, expands, names }));
      }
    };

    /** Returns whether the reference became an unsaved edit. */
    const edit = async ({ environmentId: id, key, value, why }: Followed['left'][number]) => {
      if (value === undefined || why !== 'synced' || drafts.getState().saving.has(id)) return false;
      try {
        const { base, variables } = await client.environments.open({ id });
        if (base === undefined) return false;
        drafts
          .getState()
          .change(id, base, (draft) => putValues(draft, variables, [{ key, value }]));
        return true;
      } catch {
        return false;
      }
    };

    return {
      checked: new Map(),
      question: undefined,
      wanted: undefined,
      checkRows: async (id, rows) => {
        asked += 1;
        const mine = asked;
        const typed = rows.flatMap(({ id: rowId, key, typed: text, change }) =>
          text !== undefined && change !== 'removed' && mayRefer(text)
            ? [{ rowId, key, text }]
            : [],
        );
        if (typed.length === 0) {
          if (get().checked.size > 0) set({ checked: new Map() });
          return;
        }
        try {
          const texts = typed.map(({ key, text }) => ({ key, text }));
          const checked = await client.references.check({
            id,
            texts,
            typed: false,
            drafts: [...unsaved.drafts()],
          });
          if (mine !== asked) return;
          set({
            checked: new Map(
              typed.flatMap(({ rowId }, at) => {
                const one = checked[at];
                return one === undefined ? [] : [[rowId, one] as const];
              }),
            ),
          });
        } catch {
          // Saving reports what is wrong.
          if (mine === asked) set({ checked: new Map() });
        }
      },
      checkTyped: async (id, key, text) => {
        if (!mayRefer(text)) return undefined;
        try {
          const [checked] = await client.references.check({
            id,
            texts: [{ key, text }],
            typed: true,
            drafts: [...unsaved.drafts()],
          });
          return checked;
        } catch {
          return undefined;
        }
      },
      ask: async (id, key) => {
        const question = { id, key };
        set({ question });
        const isAsked = (): boolean => get().question === question;
        try {
          const uses = await client.references.uses({
            ...question,
            drafts: [...unsaved.drafts()],
          });
          if (isAsked()) set({ question: { ...question, uses } });
        } catch (error) {
          if (isAsked()) set({ question: { ...question, error: errorReport(error) } });
        }
      },
      closeQuestion: () => set({ question: undefined }),
      go: (to) => {
        set({ wanted: to, question: undefined });
        options.onGo(to.id);
      },
      arrived: () => set({ wanted: undefined }),
      follow: async (followed) => {
        followDrafts(followed);
        const edited: Followed['left'] = [];
        const left: Followed['left'] = [];
        for (const one of followed.left) ((await edit(one)) ? edited : left).push(one);
        const text = followedText(followed, edited, left);
        if (text !== '') options.say(text, 'info');
      },
    };
  });

/** What became of the references to what was renamed; empty if there is nothing to say. */
function followedText(
  { changed, unread, grants }: Followed,
  edited: Followed['left'],
  left: Followed['left'],
): string {
  const sentences = [
    ...(changed.length === 0
      ? []
      : [`${plural(changed.length, 'reference')} ${changed.length === 1 ? 'follows' : 'follow'}.`]),
    ...(grants.length === 0
      ? []
      : [`${listOf(grants)} ${grants.length === 1 ? 'uses' : 'use'} the new name in requests.`]),
    ...(edited.length === 0
      ? []
      : [`Save ${namesOf(edited)} too: ${plural(edited.length, 'reference')} changed there.`]),
    ...(left.length === 0
      ? []
      : [
          `Still the old name: ${left.map(({ environment, key }) => `${environment} / ${key}`).join(', ')}.`,
        ]),
  ];
  if (sentences.length > 0 && unread.length > 0) {
    sentences.push(`Not loaded, so not looked at: ${listOf(unread)}.`);
  }
  return sentences.join(' ');
}

const namesOf = (left: Followed['left']): string =>
  listOf([...new Set(left.map(({ environment }) => environment))]);

/** The issues of typed values, by row id. */
export const referenceIssues = (checked: References['checked']): ReadonlyMap<string, KeyIssue> =>
  new Map(
    [...checked].flatMap(([rowId, { issue }]) => (issue === undefined ? [] : [[rowId, issue]])),
  );

/** Puts issues together: of two for one row, an error wins, and else the later. */
export function mergedIssues(
  ...all: readonly ReadonlyMap<string, KeyIssue>[]
): ReadonlyMap<string, KeyIssue> {
  const merged = new Map<string, KeyIssue>();
  for (const issues of all) {
    for (const [rowId, issue] of issues) {
      if (merged.get(rowId)?.level !== 'error' || issue.level === 'error') merged.set(rowId, issue);
    }
  }
  return merged;
}
