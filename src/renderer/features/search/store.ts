/** A search of keys and values in the core, and the environments that have a key. */
import type { Client } from '@shared/contract/window';
import type { ErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import {
  QUERY_MAX,
  SECRET_QUERY_MIN,
  type Found,
  type Hit,
  type Holders,
} from '@shared/model/search';
import { createStore } from 'zustand';
import { errorReport, isCancelled } from '../../bridge';

/** A pause in typing. */
const PAUSE_MS = 80;

export interface Search {
  readonly query: string;
  /** What was found for the query; absent until it is there. */
  readonly found: Found | undefined;
  /** Whether secret values were searched too. */
  readonly secrets: boolean;
  readonly error: ErrorReport | undefined;
  /** Searches as a person types. An empty text ends the search. */
  find(this: void, text: string): void;
  /** Searches secret values for the same text. */
  findSecrets(this: void): void;
}

export const createSearch = (client: Client, workspaceId: string) =>
  createStore<Search>()((set, get) => {
    let aborter = new AbortController();

    const start = async (secrets: boolean, pause: number): Promise<void> => {
      aborter.abort();
      aborter = new AbortController();
      const { signal } = aborter;
      const { query } = get();
      if (query === '') return;
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (signal.aborted) return;
      try {
        const found = await client.search.find({ workspaceId, query, secrets }, { signal });
        if (!signal.aborted) set({ found, secrets, error: undefined });
      } catch (error) {
        if (!signal.aborted && !isCancelled(error)) set({ error: errorReport(error) });
      }
    };

    return {
      query: '',
      found: undefined,
      secrets: false,
      error: undefined,
      find: (text) => {
        const query = text.trim().slice(0, QUERY_MAX);
        if (query === get().query) return;
        set({ query, found: undefined, secrets: false, error: undefined });
        void start(false, PAUSE_MS);
      },
      findSecrets: () => void start(true, 0),
    };
  });

/** Whether secret values can be searched for this, and were not. */
export const mayFindSecrets = ({ query, found, secrets }: Search): boolean =>
  found !== undefined && !secrets && query.length >= SECRET_QUERY_MIN;

/** A key, and the environments that have it. */
export interface KeyHolders {
  readonly key: string | undefined;
  readonly holders: Holders | undefined;
  readonly error: ErrorReport | undefined;
  show(this: void, key: string): Promise<void>;
  close(this: void): void;
}

export const createKeyHolders = (client: Client, workspaceId: string) =>
  createStore<KeyHolders>()((set, get) => ({
    key: undefined,
    holders: undefined,
    error: undefined,
    show: async (key) => {
      set({ key, holders: undefined, error: undefined });
      try {
        const holders = await client.search.holders({ workspaceId, key });
        if (get().key === key) set({ holders });
      } catch (error) {
        if (get().key === key) set({ error: errorReport(error) });
      }
    },
    close: () => set({ key: undefined }),
  }));

/** Where a variable was found, or what of it. */
export function hitDetail(hit: Hit, list: readonly Environment[]): string {
  const name = list.find(({ id }) => id === hit.id)?.name ?? '';
  if (hit.kind === 'key') return hit.count === 1 ? name : `in ${String(hit.count)} environments`;
  return `${name} · ${hit.excerpt ?? 'in its secret value'}`;
}

export const hitId = (hit: Hit): string =>
  hit.kind === 'key' ? `key ${hit.key}` : `value ${hit.id} ${hit.key}`;
