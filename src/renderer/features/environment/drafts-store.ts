/**
 * The unsaved edits of every environment of a workspace, each with undo and redo. They are in memory only,
 * and so are the values in them.
 */
import type { Client } from '@shared/contract/window';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { Draft as SentDraft } from '@shared/model/transfer';
import { isOvertaken, type ErrorCode, type ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import type { UnsavedWork } from '../../app/unsaved-work';
import { errorReport } from '../../bridge';
import { withoutKey, withoutMember } from '../../lib/without';
import {
  countsOf,
  emptyDraft,
  isEmpty,
  rebase,
  toChangeSet,
  together,
  withoutValues,
  type Draft,
} from './draft';

interface DraftHistory {
  readonly present: Draft;
  readonly past: readonly Draft[];
  readonly future: readonly Draft[];
}

/** A text that is being typed, and is no edit yet. */
interface Typing {
  readonly base: string;
  /** What it makes of the edits. */
  readonly alter: (draft: Draft) => Draft;
  /** Whether more was typed since this was said, so that no copy of it is complete. Default: no. */
  readonly isBehind?: () => boolean;
}

export interface Drafts {
  readonly histories: ReadonlyMap<string, DraftHistory>;
  /** What is being typed, by environment. Lock keeps that too. */
  readonly typing: ReadonlyMap<string, Typing>;
  /** Environments that are being saved. Their edits cannot be changed meanwhile. */
  readonly saving: ReadonlySet<string>;
  /** Why environments could not be saved. */
  readonly errors: ReadonlyMap<string, ErrorReport>;
  /** Makes an edit, as one step of undo. An edit that changes nothing adds no step. */
  change(this: void, id: string, base: string, alter: (draft: Draft) => Draft): void;
  /** Says what is being typed; `undefined` when it has become an edit, or was given up. */
  type(this: void, id: string, typing: Typing | undefined): void;
  /** Brings back edits that Lock kept. Edits that were made meanwhile count more. */
  restore(this: void, id: string, kept: Draft): void;
  /** Corrects the last edit without another step of undo. */
  amend(this: void, id: string, alter: (draft: Draft) => Draft): void;
  /** Takes the last step back without the way to redo it. */
  retract(this: void, id: string): void;
  undo(this: void, id: string): void;
  redo(this: void, id: string): void;
  /** Drops all edits. This can be undone. */
  discard(this: void, id: string): void;
  /** Forgets the edits and their steps of undo. */
  forget(this: void, id: string): void;
  forgetAll(this: void): void;
  /** Moves the edits onto newer variables. Those in `same` have the typed values already. */
  carryOver(this: void, open: OpenEnvironment, same?: ReadonlySet<string>): void;
  /** Resolves with whether the edits were saved; if not, `errors` says why. */
  save(this: void, id: string): Promise<boolean>;
  dismissError(this: void, id: string): void;
  /** Dismisses the errors with this code, of every environment. */
  dismissErrors(this: void, code: ErrorCode): void;
}

export interface DraftsEvents {
  readonly onSaved: (open: OpenEnvironment) => Promise<void>;
  /** Somebody else wrote after the edits were begun. Resolves with whether they were saved nevertheless. */
  readonly onOvertaken: (id: string) => Promise<boolean>;
}

const STEPS = 200;

/** The unsaved edits of an environment; they may be none. */
export const presentDraft = (store: DraftsStore, id: string): Draft | undefined =>
  store.getState().histories.get(id)?.present;

/** The unsaved edits, with what is being typed. */
export function heldDraft({ histories, typing }: Drafts, id: string): Draft | undefined {
  const draft = histories.get(id)?.present;
  const typed = typing.get(id);
  if (typed === undefined) return draft;
  return typed.alter(draft === undefined || isEmpty(draft) ? emptyDraft(typed.base) : draft);
}

/** Edits as the core takes them. */
export const sentDraft = (id: string, draft: Draft): SentDraft => ({
  id,
  base: draft.base,
  changes: toChangeSet(draft),
});

export const createDrafts = (client: Client, events: DraftsEvents) =>
  createStore<Drafts>()((set, get) => {
    const put = (id: string, history: DraftHistory): void => {
      set(({ histories }) => ({ histories: new Map(histories).set(id, history) }));
    };

    const step = (id: string, next: Draft): void => {
      const history = get().histories.get(id);
      const past =
        history === undefined ? [emptyDraft(next.base)] : [...history.past, history.present];
      put(id, { present: next, past: past.slice(-STEPS), future: [] });
      get().dismissError(id);
    };

    const fail = (id: string, report: ErrorReport): false => {
      set(({ errors }) => ({ errors: new Map(errors).set(id, report) }));
      return false;
    };

    const present = (id: string): Draft | undefined => get().histories.get(id)?.present;

    return {
      histories: new Map(),
      typing: new Map(),
      saving: new Set(),
      errors: new Map(),
      change: (id, base, alter) => {
        if (get().saving.has(id)) return;
        const before = present(id);
        const draft = before === undefined || isEmpty(before) ? emptyDraft(base) : before;
        const next = alter(draft);
        if (next === draft || (isEmpty(next) && isEmpty(draft))) return;
        step(id, next);
      },
      type: (id, typed) => {
        if (typed === undefined && !get().typing.has(id)) return;
        set(({ typing }) => ({
          typing: typed === undefined ? withoutKey(typing, id) : new Map(typing).set(id, typed),
        }));
      },
      restore: (id, kept) => {
        const history = get().histories.get(id);
        if (history === undefined || isEmpty(history.present)) {
          put(id, { present: kept, past: [emptyDraft(kept.base)], future: [] });
        } else step(id, together(kept, history.present));
      },
      amend: (id, alter) => {
        const history = get().histories.get(id);
        if (history === undefined || get().saving.has(id)) return;
        put(id, { ...history, present: alter(history.present) });
      },
      retract: (id) => {
        const history = get().histories.get(id);
        const last = history?.past.at(-1);
        if (history === undefined || last === undefined) return;
        put(id, { ...history, present: last, past: history.past.slice(0, -1) });
      },
      undo: (id) => {
        const history = get().histories.get(id);
        const last = history?.past.at(-1);
        if (history === undefined || last === undefined || get().saving.has(id)) return;
        put(id, {
          present: last,
          past: history.past.slice(0, -1),
          future: [history.present, ...history.future],
        });
        get().dismissError(id);
      },
      redo: (id) => {
        const history = get().histories.get(id);
        const [next, ...future] = history?.future ?? [];
        if (history === undefined || next === undefined || get().saving.has(id)) return;
        put(id, { present: next, past: [...history.past, history.present], future });
        get().dismissError(id);
      },
      discard: (id) => {
        const draft = present(id);
        if (draft === undefined || isEmpty(draft) || get().saving.has(id)) return;
        step(id, emptyDraft(draft.base));
      },
      forget: (id) =>
        set(({ histories, errors }) => ({
          histories: withoutKey(histories, id),
          errors: withoutKey(errors, id),
        })),
      forgetAll: () => set({ histories: new Map(), typing: new Map(), errors: new Map() }),
      carryOver: ({ environment: { id }, variables, base }, same = new Set()) => {
        const draft = present(id);
        if (draft === undefined || base === undefined) return;
        const next = withoutValues(rebase(draft, variables, base), variables, same);
        get().forget(id);
        if (!isEmpty(next)) put(id, { present: next, past: [emptyDraft(base)], future: [] });
      },
      save: async (id) => {
        const draft = present(id);
        if (draft === undefined || isEmpty(draft) || get().saving.has(id)) return false;
        set(({ saving }) => ({ saving: new Set(saving).add(id) }));
        const endSaving = (): void => set(({ saving }) => ({ saving: withoutMember(saving, id) }));
        get().dismissError(id);
        try {
          const open = await client.environments.save(sentDraft(id, draft));
          get().forget(id);
          const shown = events.onSaved(open);
          // Saved and on show: the next edit does not wait for the lists.
          endSaving();
          await shown;
          return true;
        } catch (error) {
          const report = errorReport(error);
          if (!isOvertaken(report.code)) return fail(id, report);
          return await events
            .onOvertaken(id)
            .catch((later: unknown) => fail(id, errorReport(later)));
        } finally {
          endSaving();
        }
      },
      dismissError: (id) => {
        if (get().errors.has(id)) set(({ errors }) => ({ errors: withoutKey(errors, id) }));
      },
      dismissErrors: (code) => {
        set(({ errors }) => ({
          errors: new Map([...errors].filter(([, report]) => report.code !== code)),
        }));
      },
    };
  });

export type DraftsStore = ReturnType<typeof createDrafts>;

export const unsavedCount = ({ histories }: Drafts, id: string): number =>
  countsOf(histories.get(id)?.present).total;

/** The drafts for features that do not own them. */
export const unsavedWorkOf = (store: DraftsStore): UnsavedWork => ({
  drafts: () =>
    [...store.getState().histories].flatMap(([id, { present }]): SentDraft[] =>
      isEmpty(present) ? [] : [sentDraft(id, present)],
    ),
  pushed: (ids) => {
    for (const id of ids) store.getState().forget(id);
  },
});
