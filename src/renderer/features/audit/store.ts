/** The audit: filtered, page by page, verified, and as a file. It belongs to no workspace. */
import type { Client } from '@shared/contract/window';
import type { AuditEntry, AuditFilter, AuditFormat, AuditVerdict } from '@shared/model/audit';
import type { ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import { errorReport } from '@renderer/bridge';

const PAGE = 200;

export interface Audit {
  readonly entries: readonly AuditEntry[] | undefined;
  readonly filter: AuditFilter;
  /** Whether there are older ones that fit. */
  readonly more: boolean;
  readonly loading: boolean;
  readonly error: ErrorReport | undefined;
  /** The grants in the entries that were seen so far: their names by id. */
  readonly grants: ReadonlyMap<string, string>;
  readonly verdict: AuditVerdict | 'checking' | undefined;
  readonly exporting: boolean;
  /** The newest ones that fit. */
  refresh(this: void): Promise<void>;
  older(this: void): Promise<void>;
  setFilter(this: void, filter: AuditFilter): Promise<void>;
  /** Checks the chain of all entries, whatever the filter. */
  verify(this: void): Promise<void>;
  /** Everything that fits, as a file. */
  export(this: void, format: AuditFormat): Promise<void>;
}

export interface AuditEvents {
  readonly onExported: (text: string, fileName: string, type: string) => void;
}

const types = { jsonl: 'application/x-ndjson', csv: 'text/csv' } as const satisfies Record<
  AuditFormat,
  string
>;

export const createAudit = (client: Client, events: AuditEvents, filter: AuditFilter = {}) =>
  createStore<Audit>()((set, get) => {
    // What was asked with another filter is no answer to this one.
    let asked = 0;

    const load = async (before?: number): Promise<void> => {
      asked += 1;
      const mine = asked;
      set({ loading: true });
      try {
        const page = await client.audit.list({
          ...get().filter,
          limit: PAGE,
          ...(before !== undefined && { before }),
        });
        if (mine !== asked) return;
        set(({ entries, grants }) => ({
          entries: before === undefined ? page : [...(entries ?? []), ...page],
          grants: withGrants(grants, page),
          more: page.length === PAGE,
          loading: false,
          error: undefined,
        }));
      } catch (error) {
        if (mine === asked) set({ loading: false, error: errorReport(error) });
      }
    };

    return {
      entries: undefined,
      filter,
      more: false,
      loading: false,
      error: undefined,
      grants: new Map(),
      verdict: undefined,
      exporting: false,
      refresh: () => load(),
      older: async () => {
        const last = get().entries?.at(-1);
        if (last !== undefined && !get().loading) await load(last.seq);
      },
      setFilter: async (next) => {
        set({ filter: next });
        await load();
      },
      verify: async () => {
        if (get().verdict === 'checking') return;
        set({ verdict: 'checking', error: undefined });
        try {
          set({ verdict: await client.audit.verify({}) });
        } catch (error) {
          set({ verdict: undefined, error: errorReport(error) });
        }
      },
      export: async (format) => {
        if (get().exporting) return;
        set({ exporting: true });
        try {
          const parts: string[] = [];
          for await (const part of await client.audit.export({ ...get().filter, format })) {
            parts.push(part);
          }
          const day = new Date().toISOString().slice(0, 10);
          events.onExported(parts.join(''), `audit-${day}.${format}`, types[format]);
        } catch (error) {
          set({ error: errorReport(error) });
        } finally {
          set({ exporting: false });
        }
      },
    };
  });

export type AuditStore = ReturnType<typeof createAudit>;

export const isFiltered = ({ filter }: Audit): boolean =>
  Object.values(filter).some((value) => value !== undefined);

/** A grant has the name of its newest entry. */
function withGrants(
  known: ReadonlyMap<string, string>,
  page: readonly AuditEntry[],
): ReadonlyMap<string, string> {
  const grants = new Map(known);
  for (const { grant } of page) {
    if (grant !== undefined && !grants.has(grant.id)) grants.set(grant.id, grant.name);
  }
  return grants.size === known.size ? known : grants;
}
