/** The grants of a workspace. Typed secrets are never here: the forms hand them to the core. */
import type { Client } from '@shared/contract/window';
import type { ErrorReport } from '@shared/errors';
import type { Grant, SecretSource } from '@shared/model/grant';
import { templateNamed } from '@shared/model/grant-templates';
import { createStore } from 'zustand';
import { errorReport } from '../../bridge';

/** What the pane at the right shows: about the selected grant, or on the way to a new one. */
export type RequestsView =
  | { readonly kind: 'grant' | 'edit' | 'rotate' | 'clone' | 'try' | 'gallery' }
  /** Without a template: a custom grant. */
  | { readonly kind: 'new'; readonly template: string | undefined };

/** Whether the pane is about a grant that does not exist yet. */
export const isAboutNew = ({ kind }: RequestsView): boolean => kind === 'gallery' || kind === 'new';

export type GrantUpdate = Omit<Parameters<Client['grants']['update']>[0], 'id'>;
export type NewGrant = Omit<Parameters<Client['grants']['create']>[0], 'workspaceId'>;
export type NewClone = Omit<Parameters<Client['grants']['clone']>[0], 'id'>;

export interface Requests {
  /** By name; absent until it is known. */
  readonly list: readonly Grant[] | undefined;
  readonly loading: boolean;
  /** Why the list may be out of date. */
  readonly error: ErrorReport | undefined;
  /** Why disabling, enabling or deleting failed. */
  readonly fault: ErrorReport | undefined;
  readonly search: string;
  readonly selected: string | undefined;
  readonly view: RequestsView;
  /** The grant that was just created, which can be tried. */
  readonly created: string | undefined;
  /** Whether something was typed into the form on show, which the form alone holds. */
  readonly hasInput: boolean;
  refresh(this: void): Promise<void>;
  setSearch(this: void, text: string): void;
  /** Asks first if that would lose what was typed into a form, as does the next one. */
  select(this: void, id: string): void;
  show(this: void, view: RequestsView): void;
  /** Something was typed into the form on show. */
  typed(this: void): void;
  /** Closes the form on show, with what was typed into it. */
  close(this: void): void;
  /** Throws what the call throws, as do the next three: the form shows it. */
  create(this: void, grant: NewGrant): Promise<void>;
  update(this: void, id: string, changes: GrantUpdate): Promise<void>;
  rotate(this: void, id: string, secrets: Record<string, SecretSource>): Promise<void>;
  clone(this: void, id: string, clone: NewClone): Promise<void>;
  setDisabled(this: void, id: string, disabled: boolean): Promise<void>;
  /** Asks first. */
  remove(this: void, id: string): Promise<void>;
  dismissFault(this: void): void;
  /** Closes forms, with what was typed into them, because Strongroom was locked. */
  startOver(this: void): void;
}

export interface RequestsEvents {
  /** Asks whether a grant may be deleted. `clones`: those that end with it. */
  readonly mayRemove: (grant: Grant, clones: readonly Grant[]) => Promise<boolean>;
  /** Asks whether what was typed into a form may be lost. */
  readonly mayDiscard: () => Promise<boolean>;
}

interface RequestsOptions extends RequestsEvents {
  readonly say: (text: string) => void;
}

const onGrant: RequestsView = { kind: 'grant' };

export const createRequests = (
  client: Client,
  workspaceId: string,
  { mayRemove, mayDiscard, say }: RequestsOptions,
) =>
  createStore<Requests>()((set, get) => {
    // An answer is dropped if the list was asked for again meanwhile.
    let asked = 0;

    const refresh = async (): Promise<void> => {
      asked += 1;
      const mine = asked;
      set({ loading: true });
      try {
        const list = await client.grants.list({ workspaceId });
        if (mine !== asked) return;
        set(({ selected }) => ({
          list,
          loading: false,
          error: undefined,
          selected: list.some(({ id }) => id === selected) ? selected : arranged(list)[0]?.grant.id,
        }));
      } catch (error) {
        if (mine === asked) set({ loading: false, error: errorReport(error) });
      }
    };

    /** After a change: shows the grant as it is now. */
    const shown = async ({ id }: Grant): Promise<void> => {
      await refresh();
      set({ selected: id, view: onGrant, hasInput: false, fault: undefined });
    };
    const said = async (grant: Grant, words: string): Promise<void> => {
      await shown(grant);
      say(`${grant.name} ${words}.`);
    };

    const leave = (to: Partial<Requests>): void => {
      const go = (): void => set({ ...to, created: undefined, hasInput: false });
      if (!get().hasInput) return go();
      void mayDiscard().then((may) => may && go());
    };

    const attempt = async (work: () => Promise<void>): Promise<void> => {
      set({ fault: undefined });
      try {
        await work();
      } catch (error) {
        set({ fault: errorReport(error) });
      }
    };

    return {
      list: undefined,
      loading: false,
      error: undefined,
      fault: undefined,
      search: '',
      selected: undefined,
      view: onGrant,
      created: undefined,
      hasInput: false,
      refresh,
      setSearch: (search) => set({ search }),
      select: (selected) => leave({ selected, view: onGrant, fault: undefined }),
      show: (view) => leave({ view }),
      typed: () => set({ hasInput: true }),
      close: () => set({ view: onGrant, created: undefined, hasInput: false }),
      create: async (grant) => {
        const made = await client.grants.create({ workspaceId, ...grant });
        await shown(made);
        set({ created: made.id, search: '' });
      },
      update: async (id, changes) => {
        await said(await client.grants.update({ id, ...changes }), 'saved');
      },
      rotate: async (id, secrets) => {
        await said(await client.grants.rotate({ id, secrets }), 'has the new secret');
      },
      clone: async (id, clone) => {
        await said(await client.grants.clone({ id, ...clone }), 'created');
      },
      setDisabled: (id, disabled) =>
        attempt(async () => {
          const changed = await client.grants.setDisabled({ id, disabled });
          await said(changed, disabled ? 'disabled' : 'enabled');
        }),
      remove: (id) =>
        attempt(async () => {
          const { list = [] } = get();
          const grant = list.find((one) => one.id === id);
          if (grant === undefined || !(await mayRemove(grant, clonesOf(list, id)))) return;
          const rows = arranged(list);
          const at = rows.findIndex((row) => row.grant.id === id);
          const next = rows[at + 1] ?? rows[at - 1];
          await client.grants.remove({ id });
          set({ selected: next?.grant.id });
          await refresh();
          set({ view: onGrant });
          say(`${grant.name} deleted.`);
        }),
      dismissFault: () => set({ fault: undefined }),
      startOver: () => get().close(),
    };
  });

/** Every clone of a grant, with the clones of its clones. */
export const clonesOf = (list: readonly Grant[], id: string): Grant[] =>
  list
    .filter(({ original }) => original?.id === id)
    .flatMap((clone) => [clone, ...clonesOf(list, clone.id)]);

export interface GrantRow {
  readonly grant: Grant;
  /** 0, or how many originals above it are in the list. */
  readonly depth: number;
}

/** The grants in their order, each clone below its original. */
export function arranged(list: readonly Grant[]): GrantRow[] {
  const ids = new Set(list.map(({ id }) => id));
  const below = (grant: Grant, depth: number): GrantRow[] => [
    { grant, depth },
    ...list
      .filter(({ original }) => original?.id === grant.id)
      .flatMap((clone) => below(clone, depth + 1)),
  ];
  return list
    .filter(({ original }) => original === undefined || !ids.has(original.id))
    .flatMap((grant) => below(grant, 0));
}

/** The rows whose name, service or hosts contain the text. */
export function searchGrants(rows: readonly GrantRow[], text: string): readonly GrantRow[] {
  const sought = text.trim().toLowerCase();
  if (sought === '') return rows;
  return rows.filter(({ grant: { id, name, type, template, hosts } }) =>
    [id, name, type, templateNamed(template ?? '')?.name ?? '', ...hosts].some((part) =>
      part.toLowerCase().includes(sought),
    ),
  );
}
