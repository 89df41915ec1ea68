/** What the icon in the menu bar or the notification area offers, as the core's process finds it. It holds no value. */
import { recentEnvironments } from '@shared/model/recent';
import { isAppError, toErrorReport } from '@shared/errors';
import type { Environment } from '@shared/model/environment';
import type { Variable } from '@shared/model/variable';
import { inCall } from '@core/call';
import type { Core } from '@core/core';
import type { AtHand } from '@core/environments/environment-state';
import { windowContext } from '@server/window/router';
import { describeBug, type Report } from '../report';

/** A menu with more is slower to read than the window is to search. */
const FAVOURITES_SHOWN = 10;
const RECENT_SHOWN = 8;
const KEYS_SHOWN = 30;

export interface TrayKey {
  readonly key: string;
  /** Whether there is something to copy. */
  readonly isEmpty: boolean;
}

export interface TrayEnvironment {
  readonly id: string;
  readonly name: string;
  /** `unknown`: it cannot be read, or only with a key that would have to be asked for. */
  readonly values: 'loaded' | 'not-loaded' | 'unknown';
  readonly keys: readonly TrayKey[];
  /** How many keys are left out. */
  readonly more: number;
}

export interface TrayOpen {
  readonly isLocked: false;
  readonly workspaceId: string;
  readonly favourites: readonly TrayEnvironment[];
  readonly recent: readonly TrayEnvironment[];
  /** Of a workspace in which no environment was opened yet. */
  readonly first: readonly TrayEnvironment[];
}

export type TrayContents = { readonly isLocked: true } | TrayOpen;

/** Something that a person chooses in the menu, and the core does. */
export type TrayTask = 'copy' | 'load';

/** What the host and the core's process tell each other about the icon. */
export type TrayNote =
  /** From the core. Without contents there is no icon. */
  | { readonly kind: 'contents'; readonly contents: TrayContents | undefined }
  /** From the core: something was not done. A notice in the window says why, unless Strongroom is locked. */
  | { readonly kind: 'failed'; readonly what: TrayTask; readonly isLocked: boolean }
  /** To the core. */
  | { readonly kind: 'copy'; readonly id: string; readonly key: string }
  | { readonly kind: 'load'; readonly id: string };

/** As much of a core as is needed here. */
export type TrayCore = Pick<
  Core,
  | 'preferences'
  | 'security'
  | 'workspaces'
  | 'environments'
  | 'reading'
  | 'references'
  | 'clipboard'
  | 'notices'
>;

const isCopyable = ({ kind }: Variable): boolean => kind !== 'binary';

/** The contents now; `undefined` if a person does not want the icon. */
export async function trayContents({
  preferences,
  security,
  workspaces,
  environments,
}: TrayCore): Promise<TrayContents | undefined> {
  const chosen = preferences.get();
  if (!chosen.showsTrayIcon) return undefined;
  if (security.isLocked()) return { isLocked: true };
  const { currentId: workspaceId } = workspaces.list();
  const list = new Map(environments.list(workspaceId).map((one) => [one.id, one]));
  const known = (ids: readonly string[], limit: number): readonly Environment[] =>
    ids.flatMap((id) => list.get(id) ?? []).slice(0, limit);
  const favourites = known(chosen.favourites[workspaceId] ?? [], FAVOURITES_SHOWN);
  const starred = new Set(favourites.map(({ id }) => id));
  const used = recentEnvironments(chosen, workspaceId, new Set(list.keys()));
  const recent = known(
    used.filter((id) => !starred.has(id)),
    RECENT_SHOWN,
  );
  const isUnused = favourites.length === 0 && recent.length === 0;
  const described = (shown: readonly Environment[]): Promise<TrayEnvironment[]> =>
    Promise.all(shown.map((one) => describe(environments, one)));
  const contents: TrayOpen = {
    isLocked: false,
    workspaceId,
    favourites: await described(favourites),
    recent: await described(recent),
    first: await described(isUnused ? known([...list.keys()], RECENT_SHOWN) : []),
  };
  // A lock may have come meanwhile.
  return security.isLocked() ? { isLocked: true } : contents;
}

async function describe(
  environments: TrayCore['environments'],
  { id, name }: Environment,
): Promise<TrayEnvironment> {
  const found = await atHand(environments, id);
  if (found === undefined) return { id, name, values: 'unknown', keys: [], more: 0 };
  const copyable = found.variables.filter(isCopyable);
  return {
    id,
    name,
    values: found.isLoaded ? 'loaded' : 'not-loaded',
    keys: copyable.slice(0, KEYS_SHOWN).map(({ key, empty = false }) => ({ key, isEmpty: empty })),
    more: Math.max(0, copyable.length - KEYS_SHOWN),
  };
}

/** `undefined` also for an environment that cannot be read: it must not take the others with it. */
async function atHand(
  environments: TrayCore['environments'],
  id: string,
): Promise<AtHand | undefined> {
  try {
    return await environments.openAtHand(id);
  } catch (error) {
    if (!isAppError(error)) throw error;
    return undefined;
  }
}

/** The notice in the window about what was chosen last and not done. */
const NOT_DONE = 'icon-not-done';

/** Milliseconds without an answer to a page until the contents are read again. */
const SETTLES_AFTER_MS = 300;

export interface ServedTray {
  /** A page got an answer: what the icon offers may have changed. */
  onAnswer(): void;
  hear(note: TrayNote): void;
  close(): void;
}

/** Keeps the host's icon up to date, and copies what is chosen there as the window does. */
export function serveTray(
  core: TrayCore,
  tell: (note: TrayNote) => void,
  report: Report,
): ServedTray {
  let told: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  /** Counts refreshes: one that a newer one has overtaken is out of date. */
  let refreshes = 0;

  const refresh = async (): Promise<void> => {
    refreshes += 1;
    const mine = refreshes;
    try {
      const contents = await trayContents(core);
      const text = JSON.stringify(contents ?? null);
      if (mine !== refreshes || text === told || isClosed) return;
      told = text;
      tell({ kind: 'contents', contents });
    } catch (error) {
      // Such as a workspace that was deleted meanwhile. The next answer reads them again.
      if (!isAppError(error)) report(`The menu of the icon is out of date. ${describeBug(error)}`);
    }
  };

  const attempt = (what: TrayTask, title: string, work: () => Promise<unknown>): void => {
    const done = inCall(windowContext.context, async () => {
      if (core.security.isLocked()) throw core.security.refusal();
      await work();
    });
    done.then(refresh, (error: unknown) => {
      if (!isAppError(error)) report(`${title}. ${describeBug(error)}`);
      if (isClosed) return;
      const isLocked = isAppError(error, 'LOCKED');
      if (!isLocked) {
        const { message, hint, remedy } = toErrorReport(error);
        const text = `${message} ${hint}`;
        core.notices.add({
          id: NOT_DONE,
          level: 'warning',
          title,
          text,
          ...(remedy && { remedy }),
        });
      }
      tell({ kind: 'failed', what, isLocked });
    });
  };

  void refresh();
  return {
    onAnswer: () => {
      clearTimeout(timer);
      timer = setTimeout(() => void refresh(), SETTLES_AFTER_MS).unref();
    },
    hear: (note) => {
      if (note.kind === 'copy') {
        attempt('copy', `${note.key} was not copied`, () => copy(core, note.id, note.key));
      } else if (note.kind === 'load') {
        attempt('load', 'The values were not loaded', () =>
          core.environments.pull(note.id, new AbortController().signal),
        );
      }
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** The value that a program would get, as the window copies it. */
async function copy(
  { environments, reading, references, clipboard }: TrayCore,
  id: string,
  key: string,
): Promise<void> {
  const { environment, variables } = await environments.open(id);
  const variable = variables.find((one) => one.key === key);
  const isResolved =
    variable?.kind === 'text' && (variable.reference !== undefined || environment.expands === true);
  const value = isResolved
    ? await references.resolve(id, key, 'copied', new AbortController().signal)
    : await reading.copy(id, key);
  await clipboard.offer(value);
}
