/** The environment on show. It has values only while they are revealed or edited. */
import type { Client } from '@shared/contract/window';
import type { Environment } from '@shared/model/environment';
import type { CopyFormat, OpenEnvironment } from '@shared/model/open-environment';
import type { ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import { errorReport, isCancelled } from '../../bridge';
import type { Copied } from '@shared/contract/base';
import { stayOf, type Stay } from '../../lib/copied-note';
import { plural } from '../../lib/format';
import { createHideTimers } from '../../lib/hide-timers';
import { withoutKey, withoutMember } from '../../lib/without';
import {
  addVariables,
  additionId,
  dropValue,
  editAddition,
  editVariable,
  revaluedRows,
  withTyped,
  type Draft,
  type Row,
} from './draft';
import { presentDraft, type DraftsStore } from './drafts-store';
import { isMasked } from './is-masked';
import type { References } from './references/store';

export type Field = 'key' | 'value';

/** The pane on show: the grid, or what replaces it. */
export type Mode = 'grid' | 'text' | 'import' | 'review';

/** The cell that is being edited. */
export interface Editing {
  readonly row: Row;
  readonly field: Field;
  /** The text of the cell; `undefined` if only the core knows it and was not asked. */
  readonly text: string | undefined;
  /** The text that the editor starts with. */
  readonly begins: string;
}

/** A file that was chosen before its environment existed. */
interface OfferedFile {
  readonly name: string;
  readonly text: string;
}

export interface EnvironmentScreen {
  readonly id: string | undefined;
  readonly data: OpenEnvironment | undefined;
  /** Why the environment could not be opened or pulled. */
  readonly error: ErrorReport | undefined;
  readonly pulling: boolean;
  /** Revealed values, by row id. */
  readonly revealed: ReadonlyMap<string, string>;
  /** The ids of revealed rows that show what programs get, and not what is stored. */
  readonly resolved: ReadonlySet<string>;
  /** Why revealing or copying a variable failed, by row id. */
  readonly faults: ReadonlyMap<string, ErrorReport>;
  /** The id of the row that was just copied. */
  readonly copied: string | undefined;
  readonly editing: Editing | undefined;
  /** The key of the variable that a value is generated for; may be empty. */
  readonly generating: string | undefined;
  readonly mode: Mode;
  /** The file to import as soon as the environment `to` is on show. */
  readonly offered: (OfferedFile & { readonly to: string }) | undefined;
  open(this: void, id: string): Promise<void>;
  /** Until another is open, this environment is read from no provider unasked: another program led there. */
  openUnasked(this: void, id: string): void;
  /** Reads the environment on show again, after something else may have changed it. */
  refresh(this: void): Promise<void>;
  pull(this: void): Promise<void>;
  /** Undeletes the secret at the provider, then pulls it. */
  undelete(this: void): Promise<void>;
  /** Shows newer data that another call returned, if the environment is on show. */
  show(this: void, data: OpenEnvironment): void;
  /** Shows the value that programs get. `raw`: shows the text that is stored. */
  reveal(this: void, row: Row, raw?: boolean): Promise<void>;
  /** Shows the stored values of these rows, as far as they are masked and no references. One timer hides them all. */
  revealAll(this: void, rows: readonly Row[]): Promise<void>;
  hide(this: void, rowId: string): void;
  hideAll(this: void): void;
  copy(this: void, row: Row): Promise<void>;
  /** Copies several rows in one of the forms. Default: lines of a `.env`. */
  copyRows(this: void, rows: readonly Row[], format?: CopyFormat): Promise<void>;
  /** Does what changes the environment on show, if a person agrees: see `Owners`. */
  permit(this: void, work: () => void): void;
  /** Makes an unsaved edit. */
  alter(this: void, change: (draft: Draft) => Draft): void;
  /** Opens the editor of a cell. A secret value is revealed for that. */
  edit(this: void, row: Row, field: Field): Promise<void>;
  /** Opens an empty editor to type over a cell, without revealing its value. */
  typeOver(this: void, row: Row, field: Field): void;
  /** Puts a text into a cell. */
  put(this: void, row: Row, field: Field, text: string): void;
  /** Closes the editor and keeps the text; without a text, leaves the cell as it was. */
  endEdit(this: void, text: string | undefined): void;
  /** Opens the generator for a key, or closes it. */
  generate(this: void, key: string | undefined): void;
  /** Adds an empty variable and opens the editor of its key. */
  add(this: void): void;
  /** Adds empty variables with these keys; of one, opens the editor of its value. */
  addKeys(this: void, keys: readonly string[]): void;
  /** Has an environment open with the preview of an import. */
  offer(this: void, to: string, file: OfferedFile): void;
  setMode(this: void, mode: Mode): void;
  /** Shows what importing this text would do. */
  importText(this: void, text: string): void;
  close(this: void): void;
}

export interface EnvironmentScreenEvents {
  readonly onPulled: () => Promise<void>;
  /** Values were read because their environment was opened. Absent if that failed. */
  readonly onLoaded: (environment: Environment | undefined) => Promise<void>;
  /** `what` names the copied variables; `leftOut` is the number of selected ones that were not copied. */
  readonly onCopied: (what: string, stay: Stay, leftOut?: number) => void;
}

interface EnvironmentScreenOptions extends EnvironmentScreenEvents {
  /** When a revealed value is hidden. */
  readonly hideAfterSeconds: () => number;
  readonly drafts: DraftsStore;
  /** Whether values are read when their environment is opened. */
  readonly loadsOnOpen: () => boolean;
  /** Does the work if the environment may be changed: see `Owners`. */
  readonly permit: (id: string, work: () => void) => void;
  /** Says what a typed text would be as a value: see `References`. */
  readonly checkTyped: References['checkTyped'];
  readonly writeClipboard: (value: string, clearsAfterMs: number) => Promise<boolean>;
}

const nothing = {
  data: undefined,
  error: undefined,
  pulling: false,
  revealed: new Map<string, string>(),
  resolved: new Set<string>(),
  faults: new Map<string, ErrorReport>(),
  copied: undefined,
  editing: undefined,
  generating: undefined,
  mode: 'grid',
} as const;

const COPIED_FOR_MS = 2000;

/** The name of the timer that hides all values. No row has this id. */
const ALL = 'all';

/** Whoever passes through environments by keys asks no provider for each of them. */
const LOAD_AFTER_MS = 150;

const CLIPBOARD_REFUSED: ErrorReport = {
  code: 'INTERNAL',
  message: 'The clipboard could not be written.',
  hint: 'Click into the window and try again, or reveal the value and copy it by hand.',
};

/** The key of the saved variable. */
const storedKey = (row: Row): string => row.origin?.key ?? row.key;

/** Whether programs may get another value than the one that is stored. */
export const isResolved = (row: Row, data: OpenEnvironment | undefined): boolean =>
  row.typed === undefined &&
  row.origin?.kind === 'text' &&
  (row.origin.reference !== undefined || data?.environment.expands === true);

export const createEnvironmentScreen = (client: Client, options: EnvironmentScreenOptions) =>
  createStore<EnvironmentScreen>()((set, get) => {
    const { drafts } = options;
    const timers = createHideTimers(options.hideAfterSeconds);
    // An answer that arrives after values were hidden must not show one.
    let generation = 0;

    const hideAll = (): void => {
      generation += 1;
      timers.stopAll();
      set({ revealed: nothing.revealed, resolved: nothing.resolved });
    };

    const hide = (rowId: string): void => {
      timers.stop(rowId);
      set(({ revealed, resolved }) => ({
        revealed: withoutKey(revealed, rowId),
        resolved: withoutMember(resolved, rowId),
      }));
    };

    /** Takes back what was found out about rows whose value is another one now. */
    const forgetValues = (rowIds: ReadonlySet<string>): void => {
      for (const rowId of rowIds) timers.stop(rowId);
      const without = <T>(known: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
        new Map([...known].filter(([rowId]) => !rowIds.has(rowId)));
      set(({ revealed, faults }) => ({ revealed: without(revealed), faults: without(faults) }));
    };

    // Undo, redo and discard change values too, and so does whatever else changes a draft.
    drafts.subscribe((now, before) => {
      const { id, revealed, faults } = get();
      if (id === undefined || revealed.size + faults.size === 0) return;
      const [present, past] = [now, before].map(({ histories }) => histories.get(id)?.present);
      if (present === past) return;
      const revalued = revaluedRows(past, present);
      if (revalued.size > 0) forgetValues(revalued);
    });

    /** Remembers the value of a row. The returned function tells whether it is still the same. */
    const watched = (id: string, rowId: string): (() => boolean) => {
      const asked = generation;
      const draft = presentDraft(drafts, id);
      return () =>
        asked === generation &&
        get().id === id &&
        !revaluedRows(draft, presentDraft(drafts, id)).has(rowId);
    };

    const show = (data: OpenEnvironment): void => {
      if (get().id !== data.environment.id) return;
      hideAll();
      set({ data, error: undefined, faults: nothing.faults, editing: undefined });
    };

    /** Shows data that was read again. If the values are the same, revealed and typed ones stay. */
    const showAgain = (data: OpenEnvironment): void => {
      const before = get().data;
      const isSame = data.base !== undefined && data.base === before?.base;
      if (isSame && before?.environment.id === data.environment.id) set({ data, error: undefined });
      else show(data);
    };

    const load = async (
      id: string,
      call: (input: { readonly id: string }) => Promise<OpenEnvironment>,
      take: (data: OpenEnvironment) => void = show,
    ): Promise<void> => {
      try {
        take(await call({ id }));
      } catch (error) {
        if (get().id !== id || isCancelled(error)) return;
        const report = errorReport(error);
        set({ error: report });
        // Locked values leave the window, plain ones too.
        if (report.code === 'KEY_LOCKED') {
          hideAll();
          set({ data: undefined, editing: undefined, mode: 'grid', offered: undefined });
        }
      }
    };

    let opened = 0;
    let unasked: string | undefined;

    /** Reads values that are only at the provider, if the person wants that. */
    const loadIfAbsent = async (id: string): Promise<void> => {
      const { data, error, pulling } = get();
      if (get().id !== id || unasked === id || pulling || error !== undefined) return;
      if (data?.environment.state !== 'not-loaded' || !options.loadsOnOpen()) return;
      opened += 1;
      const mine = opened;
      set({ pulling: true });
      await new Promise((resolve) => setTimeout(resolve, LOAD_AFTER_MS));
      if (mine !== opened || get().id !== id) return;
      await load(id, client.environments.pull, showAgain);
      const isShown = mine === opened && get().id === id;
      if (isShown) set({ pulling: false });
      const after = get();
      await options.onLoaded(
        isShown && after.error === undefined ? after.data?.environment : undefined,
      );
    };

    const fault = (id: string, rowId: string, report: ErrorReport): void => {
      if (get().id !== id) return;
      set(({ faults }) => ({ faults: new Map(faults).set(rowId, report) }));
    };

    const alter = (change: (draft: Draft) => Draft): void => {
      const { id, data } = get();
      if (id === undefined || data?.base === undefined) return;
      drafts.getState().change(id, data.base, change);
    };

    /** What becomes of the value on the clipboard; `undefined` if it could not be written. */
    const toClipboard = async (copied: Copied): Promise<Stay | undefined> => {
      if (copied.by === 'host') return stayOf(copied, true);
      try {
        return stayOf(copied, await options.writeClipboard(copied.value, copied.clearsAfterMs));
      } catch {
        return undefined;
      }
    };

    /** The current value: typed, shown, or revealed by the core. */
    const currentValue = async (id: string, row: Row): Promise<string> => {
      const known = row.typed ?? row.variable.literal;
      if (known !== undefined) return known;
      return (await client.environments.reveal({ id, key: storedKey(row) })).value;
    };

    /** Drops a typed secret that equals the stored one. Only the core can compare them. */
    const forgetIfSame = async (id: string, row: Row, value: string): Promise<void> => {
      const { origin } = row;
      if (origin === undefined || origin.literal !== undefined) return;
      try {
        const [compared] = await client.environments.compareValues({
          id,
          entries: [{ key: origin.key, value }],
        });
        if (compared?.state !== 'same') return;
        drafts
          .getState()
          .amend(id, (draft) =>
            draft.edits.get(origin.key)?.value === value ? dropValue(draft, origin) : draft,
          );
      } catch {
        // Then the edit stays, and saving it changes nothing.
      }
    };

    /** Fills in an addition that was just made, in the same step of undo. */
    const fillIn = (id: string, addition: number, filled: { key: string } | { value: string }) =>
      drafts.getState().amend(id, (draft) => editAddition(draft, addition, filled));

    /** Keeps `@NAME` as the reference that it is, and forgets a text that is stored already. */
    const settle = async (id: string, row: Row, value: string): Promise<void> => {
      const { kept = value } = (await options.checkTyped(id, row.key, value)) ?? {};
      const { origin, addition } = row;
      if (kept !== value) {
        drafts.getState().amend(id, (draft) => {
          if (origin !== undefined) {
            return draft.edits.get(origin.key)?.value === value
              ? editVariable(draft, origin, { value: kept })
              : draft;
          }
          const added = draft.additions.find((one) => one.id === addition);
          return added?.value === value ? editAddition(draft, added.id, { value: kept }) : draft;
        });
      }
      await forgetIfSame(id, row, kept);
    };

    const keepKey = (id: string, row: Row, key: string): void => {
      const { addition } = row;
      if (addition !== undefined && row.key === '') fillIn(id, addition, { key });
      else alter((draft) => withTyped(draft, row, 'key', key));
    };

    const keepValue = (id: string, row: Row, value: string): void => {
      const { addition } = row;
      if (addition !== undefined && row.typed === '') fillIn(id, addition, { value });
      else alter((draft) => withTyped(draft, row, 'value', value));
      void settle(id, row, value);
    };

    const keep = (id: string, row: Row, field: Field, text: string): void => {
      if (field === 'key') keepKey(id, row, text);
      else keepValue(id, row, text);
    };

    const canEdit = (id: string, { change, variable }: Row): boolean =>
      !drafts.getState().saving.has(id) && change !== 'removed' && variable.kind !== 'binary';

    /** Opens the editor of a cell, with its value. */
    const openEditor = async (row: Row, field: Field): Promise<void> => {
      const { id } = get();
      if (id === undefined || !canEdit(id, row)) return;
      if (field === 'key') {
        set({ editing: { row, field, text: row.key, begins: row.key } });
        return;
      }
      const isSame = watched(id, row.id);
      try {
        const text = await currentValue(id, row);
        if (!isSame()) return;
        // The person has started typing meanwhile, which would have replaced the value.
        if (get().editing !== undefined) return;
        hide(row.id);
        set(({ faults }) => ({
          editing: { row, field, text, begins: text },
          faults: withoutKey(faults, row.id),
        }));
      } catch (error) {
        fault(id, row.id, errorReport(error));
      }
    };

    const showMode = (mode: Mode): void => {
      hideAll();
      set({ mode, editing: undefined, offered: undefined });
    };

    /** Adds an empty variable, and opens the editor of the field. */
    const addVariable = (key: string, field: Field): void => {
      const { id } = get();
      if (id === undefined) return;
      alter((draft) => addVariables(draft, [{ key, value: '' }]));
      const addition = drafts.getState().histories.get(id)?.present.additions.at(-1);
      if (addition === undefined || addition.key !== key) return;
      const variable = { key, kind: 'text', secret: true } as const;
      set({
        mode: 'grid',
        editing: {
          row: {
            id: additionId(addition.id),
            key,
            origin: undefined,
            addition: addition.id,
            variable,
            typed: '',
            change: 'added',
          },
          field,
          text: '',
          begins: '',
        },
      });
    };

    const addKeys = (keys: readonly string[]): void => {
      const [key] = keys;
      if (key !== undefined && keys.length === 1) return addVariable(key, 'value');
      alter((draft) =>
        addVariables(
          draft,
          keys.map((one) => ({ key: one, value: '' })),
        ),
      );
    };

    /** Does the work if it may be done, and if the same environment is still on show then. */
    const permit = (work: () => void): void => {
      const { id } = get();
      if (id === undefined) return;
      options.permit(id, () => {
        if (get().id === id) work();
      });
    };

    return {
      id: undefined,
      ...nothing,
      offered: undefined,
      permit,
      open: async (id) => {
        hideAll();
        const offered = get().offered?.to === id ? get().offered : undefined;
        set({ id, ...nothing, offered, mode: offered === undefined ? 'grid' : 'import' });
        opened += 1;
        if (unasked !== id) unasked = undefined;
        await load(id, client.environments.open);
        await loadIfAbsent(id);
      },
      openUnasked: (id) => {
        unasked = get().id === id ? undefined : id;
      },
      refresh: async () => {
        const { id } = get();
        if (id === undefined) return;
        await load(id, client.environments.open, showAgain);
        await loadIfAbsent(id);
      },
      pull: async () => {
        const { id, pulling } = get();
        if (id === undefined || pulling) return;
        set({ pulling: true, error: undefined });
        await load(id, client.environments.pull, showAgain);
        if (get().id === id) set({ pulling: false });
        await options.onPulled();
      },
      undelete: async () => {
        const { id, pulling } = get();
        if (id === undefined || pulling) return;
        set({ pulling: true, error: undefined });
        await load(id, async (input) => {
          await client.environments.undelete(input);
          return client.environments.pull(input);
        });
        if (get().id === id) set({ pulling: false });
        await options.onPulled();
      },
      show,
      reveal: async (row, raw = false) => {
        const { id, data } = get();
        if (id === undefined) return;
        const isSame = watched(id, row.id);
        const resolves = !raw && isResolved(row, data);
        try {
          const value = resolves
            ? (await client.references.reveal({ id, key: storedKey(row) })).value
            : await currentValue(id, row);
          if (!isSame()) return;
          set(({ revealed, resolved, faults }) => ({
            revealed: new Map(revealed).set(row.id, value),
            resolved: resolves ? new Set(resolved).add(row.id) : withoutMember(resolved, row.id),
            faults: withoutKey(faults, row.id),
          }));
          timers.start(row.id, () => hide(row.id));
        } catch (error) {
          fault(id, row.id, errorReport(error));
        }
      },
      revealAll: async (rows) => {
        const { id } = get();
        const masked = rows.filter(
          ({ variable }) => isMasked(variable) && variable.reference === undefined,
        );
        const [first] = masked;
        if (id === undefined || first === undefined) return;
        const mine = generation;
        const draft = presentDraft(drafts, id);
        const keys = masked.filter(({ typed }) => typed === undefined).map(storedKey);
        try {
          const { values } =
            keys.length === 0 ? { values: [] } : await client.environments.revealAll({ id, keys });
          if (mine !== generation || get().id !== id) return;
          const stored = new Map(values.map(({ key, value }) => [key, value]));
          const changed = revaluedRows(draft, presentDraft(drafts, id));
          const found = masked.flatMap((row) => {
            const value = row.typed ?? stored.get(storedKey(row));
            return value === undefined || changed.has(row.id) ? [] : [[row.id, value] as const];
          });
          set(({ revealed }) => ({ revealed: new Map([...revealed, ...found]) }));
          timers.stopAll();
          timers.start(ALL, hideAll);
        } catch (error) {
          fault(id, first.id, errorReport(error));
        }
      },
      hide,
      hideAll,
      copy: async (row) => {
        const { id, data } = get();
        if (id === undefined) return;
        try {
          const domain = isResolved(row, data) ? client.references : client.environments;
          const copied =
            row.typed === undefined
              ? await domain.copy({ id, key: storedKey(row) })
              : await client.app.copySecret({ text: row.typed });
          const stay = await toClipboard(copied);
          if (stay === undefined) return fault(id, row.id, CLIPBOARD_REFUSED);
          options.onCopied(row.key, stay);
          if (get().id !== id) return;
          set(({ faults }) => ({ copied: row.id, faults: withoutKey(faults, row.id) }));
          setTimeout(() => {
            if (get().copied === row.id) set({ copied: undefined });
          }, COPIED_FOR_MS);
        } catch (error) {
          fault(id, row.id, errorReport(error));
        }
      },
      copyRows: async (rows, format = 'dotenv') => {
        const { id } = get();
        const [first] = rows;
        if (id === undefined || first === undefined) return;
        const lines = rows.map((row) => ({
          key: storedKey(row),
          as: row.key,
          ...(row.typed !== undefined && { value: row.typed }),
        }));
        try {
          const { copied, leftOut } = await client.environments.copyLines({ id, lines, format });
          const stay = await toClipboard(copied);
          if (stay === undefined) return fault(id, first.id, CLIPBOARD_REFUSED);
          options.onCopied(plural(rows.length - leftOut, 'variable'), stay, leftOut);
        } catch (error) {
          fault(id, first.id, errorReport(error));
        }
      },
      alter,
      edit: async (row, field) => {
        let opened: Promise<void> | undefined;
        permit(() => {
          opened = openEditor(row, field);
        });
        await opened;
      },
      typeOver: (row, field) =>
        permit(() => {
          const { id } = get();
          if (id === undefined || !canEdit(id, row)) return;
          const text = field === 'key' ? row.key : (row.typed ?? row.variable.literal);
          hide(row.id);
          set(({ faults }) => ({
            editing: { row, field, text, begins: '' },
            faults: withoutKey(faults, row.id),
          }));
        }),
      put: (row, field, text) => {
        const { id } = get();
        permit(() => {
          if (id !== undefined && canEdit(id, row)) keep(id, row, field, text);
        });
      },
      endEdit: (text) => {
        const { id, editing } = get();
        if (id === undefined || editing === undefined) return;
        set({ editing: undefined });
        const { row, field } = editing;
        if (text !== undefined && text !== editing.text) {
          keep(id, row, field, text);
        } else if (row.addition !== undefined && row.key === '' && row.typed === '') {
          // Added and left empty: the addition is taken back.
          drafts.getState().retract(id);
        }
      },
      generate: (generating) => set({ generating }),
      add: () => permit(() => addVariable('', 'key')),
      addKeys: (keys) => permit(() => addKeys(keys)),
      offer: (to, file) => set({ offered: { ...file, to } }),
      setMode: (mode) => {
        const isChange = mode === 'text' || mode === 'import';
        if (isChange) permit(() => showMode(mode));
        else showMode(mode);
      },
      importText: (text) =>
        permit(() => {
          const { id } = get();
          if (id === undefined) return;
          showMode('import');
          get().offer(id, { name: 'pasted text', text });
        }),
      close: () => {
        hideAll();
        set({ id: undefined, ...nothing });
      },
    };
  });
