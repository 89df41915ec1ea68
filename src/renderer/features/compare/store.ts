/** Environments side by side. The core compares their values; the window gets a value only on reveal. */
import type { Client } from '@shared/contract/window';
import type { ComparedCell, ComparedRow, Comparison } from '@shared/model/comparison';
import { rowGroup, type RowGroup } from '@shared/model/row-groups';
import type { ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import { errorReport } from '../../bridge';
import { createHideTimers } from '../../lib/hide-timers';
import { withoutKey, withoutMember } from '../../lib/without';
import { copyAcross } from '../environment/copy-across';
import type { DraftsStore } from '../environment/drafts-store';

/** The values of one key by environment, or why a value could not be read. */
export type RevealedRow = ReadonlyMap<string, { readonly value: string } | ErrorReport>;

export interface Compare {
  /** The compared environments, in the order of their columns. */
  readonly ids: readonly string[];
  readonly comparison: Comparison | undefined;
  readonly loading: boolean;
  readonly error: ErrorReport | undefined;
  /** The groups of rows that are left out. */
  readonly hidden: ReadonlySet<RowGroup>;
  readonly text: string;
  readonly revealed: ReadonlyMap<string, RevealedRow>;
  /** Environments that are being pulled. */
  readonly pulling: ReadonlySet<string>;
  /** Why copying or pulling failed. */
  readonly fault: ErrorReport | undefined;
  choose(this: void, ids: readonly string[]): Promise<void>;
  refresh(this: void): Promise<void>;
  setHidden(this: void, hidden: ReadonlySet<RowGroup>): void;
  setText(this: void, text: string): void;
  reveal(this: void, key: string): Promise<void>;
  hide(this: void, key: string): void;
  hideAll(this: void): void;
  /** Copies a variable, as an unsaved edit of the other environment. */
  copy(this: void, key: string, fromId: string, toId: string): Promise<void>;
  pull(this: void, id: string): Promise<void>;
  dismissFault(this: void): void;
  /** Forgets what is on show because the core emptied its memory. Compares again if the page is open. */
  startOver(this: void): Promise<void>;
  /** Leaves the page. Forgets what is on show, and keeps the choice. */
  close(this: void): void;
}

export interface CompareEvents {
  /** A variable became an unsaved edit of the environment of this name. */
  readonly onCopied: (key: string, target: string) => void;
  readonly onPulled: () => Promise<void>;
}

interface CompareOptions extends CompareEvents {
  /** When a revealed value is hidden. */
  readonly hideAfterSeconds: () => number;
  /** Whether a person may change an environment: see `Owners`. */
  readonly mayChange: (id: string) => Promise<boolean>;
  readonly drafts: DraftsStore;
}

const canReveal = (cell: ComparedCell | undefined): boolean =>
  cell?.state === 'present' && cell.kind !== 'binary';

export const createCompare = (
  client: Client,
  { hideAfterSeconds, drafts, mayChange, ...events }: CompareOptions,
) =>
  createStore<Compare>()((set, get) => {
    const timers = createHideTimers(hideAfterSeconds);
    // An answer that arrives after values were hidden must not show any.
    let generation = 0;
    let asked = 0;
    let isOnShow = false;

    const hideAll = (): void => {
      generation += 1;
      timers.stopAll();
      set({ revealed: new Map() });
    };

    const hide = (key: string): void => {
      timers.stop(key);
      set(({ revealed }) => ({ revealed: withoutKey(revealed, key) }));
    };

    const load = async (): Promise<void> => {
      const { ids } = get();
      asked += 1;
      const mine = asked;
      if (ids.length < 2) {
        hideAll();
        return set({ comparison: undefined, loading: false, error: undefined });
      }
      set({ loading: true });
      try {
        const comparison = await client.compare.environments({ ids: [...ids] });
        if (mine !== asked) return;
        hideAll();
        set({ comparison, loading: false, error: undefined });
      } catch (error) {
        if (mine !== asked) return;
        hideAll();
        set({ comparison: undefined, loading: false, error: errorReport(error) });
      }
    };

    const forget = (): void => {
      asked += 1;
      hideAll();
      set({ comparison: undefined, loading: false, error: undefined, fault: undefined });
    };

    const read = async (id: string, key: string): Promise<{ value: string } | ErrorReport> => {
      try {
        return await client.environments.reveal({ id, key });
      } catch (error) {
        return errorReport(error);
      }
    };

    return {
      ids: [],
      comparison: undefined,
      loading: false,
      error: undefined,
      hidden: new Set(),
      text: '',
      revealed: new Map(),
      pulling: new Set(),
      fault: undefined,
      choose: async (ids) => {
        isOnShow = true;
        set({ ids, fault: undefined });
        await load();
      },
      refresh: load,
      setHidden: (hidden) => set({ hidden }),
      setText: (text) => set({ text }),
      reveal: async (key) => {
        const { comparison } = get();
        const row = comparison?.rows.find((one) => one.key === key);
        if (comparison === undefined || row === undefined) return;
        const mine = generation;
        const holders = comparison.environments.filter((_, at) => canReveal(row.cells[at]));
        const values = await Promise.all(
          holders.map(async ({ id }) => [id, await read(id, key)] as const),
        );
        if (mine !== generation) return;
        set(({ revealed }) => ({ revealed: new Map(revealed).set(key, new Map(values)) }));
        timers.start(key, () => hide(key));
      },
      hide,
      hideAll,
      copy: async (key, fromId, toId) => {
        set({ fault: undefined });
        if (!(await mayChange(toId))) return;
        try {
          const target = await copyAcross(client, drafts, { fromId, toId, variables: [{ key }] });
          events.onCopied(key, target);
        } catch (error) {
          set({ fault: errorReport(error) });
        }
      },
      pull: async (id) => {
        if (get().pulling.has(id)) return;
        set(({ pulling }) => ({ pulling: new Set(pulling).add(id), fault: undefined }));
        try {
          await client.environments.pull({ id });
          await load();
        } catch (error) {
          set({ fault: errorReport(error) });
        } finally {
          set(({ pulling }) => ({ pulling: withoutMember(pulling, id) }));
        }
        await events.onPulled();
      },
      dismissFault: () => set({ fault: undefined }),
      startOver: async () => {
        forget();
        if (isOnShow) await load();
      },
      close: () => {
        isOnShow = false;
        forget();
      },
    };
  });

/** The rows of the groups on show whose key contains the text. */
export function filterRows(
  rows: readonly ComparedRow[],
  hidden: ReadonlySet<RowGroup>,
  text: string,
): readonly ComparedRow[] {
  const sought = text.trim().toLowerCase();
  return rows.filter(
    (row) =>
      !hidden.has(rowGroup(row)) && (sought === '' || row.key.toLowerCase().includes(sought)),
  );
}

/** The relation of a cell's value to the others of its row. */
export type CellWord = 'not loaded' | 'missing' | 'only here' | 'equal' | 'different';

export function cellWord({ cells }: ComparedRow, at: number): CellWord {
  const cell = cells[at];
  if (cell === undefined || cell.state === 'unknown') return 'not loaded';
  if (cell.state === 'missing') return 'missing';
  const groups = cells.flatMap((one) => (one.state === 'present' ? [one.group] : []));
  if (groups.length === 1) return 'only here';
  return new Set(groups).size > 1 ? 'different' : 'equal';
}
