/** Preferences about the window itself. The core stores them; the page carries those needed to start. */
import type { Client } from '@shared/contract/window';
import {
  KEY_COLUMN_MAX,
  KEY_COLUMN_MIN,
  FAVOURITES_MAX,
  FOLDED_MAX,
  OUTCOME_MAX,
  OUTCOME_MIN,
  RECENT_KEPT,
  SIDEBAR_MAX,
  SIDEBAR_MIN,
  defaultPreferences,
  themes,
  type ClipboardTime,
  type EnvironmentOrder,
  type LockTime,
  type Look,
  type PreferenceChanges,
  type Preferences,
  type RevealTime,
  type Theme,
} from '@shared/model/preferences';
import { createStore } from 'zustand';

export interface PreferencesState extends Preferences {
  setTheme(this: void, theme: Theme): void;
  setSidebarWidth(this: void, px: number): void;
  setOutcomeWidth(this: void, px: number): void;
  /** 0 for its share of the width. */
  setKeyColumnWidth(this: void, px: number): void;
  setReviewBeforeSave(this: void, reviews: boolean): void;
  setLoadOnOpen(this: void, loads: boolean): void;
  setLockAfterMinutes(this: void, minutes: LockTime): void;
  setHideAfterSeconds(this: void, seconds: RevealTime): void;
  setHidesOnBlur(this: void, hides: boolean): void;
  setClearsClipboardAfterSeconds(this: void, seconds: ClipboardTime): void;
  setChecksForUpdates(this: void, checks: boolean): void;
  setProtectsContent(this: void, protects: boolean): void;
  setShowsTrayIcon(this: void, shows: boolean): void;
  setEnvironmentOrder(this: void, order: EnvironmentOrder): void;
  setSidebarCollapsed(this: void, collapsed: boolean): void;
  /** Folds these folders of a workspace, or unfolds them. */
  fold(this: void, workspaceId: string, paths: readonly string[], folds: boolean): void;
  /** Adds an environment to the favourites of a workspace, or removes it. */
  toggleFavourite(this: void, workspaceId: string, environmentId: string): void;
  /** Something was chosen in the palette. */
  used(this: void, id: string): void;
  /** An environment was opened. */
  opened(this: void, workspaceId: string, environmentId: string): void;
}

const clamp = (px: number, min: number, max: number): number =>
  Math.round(Math.min(max, Math.max(min, px)));

/** The preferences that the host wrote into the page. The dev server writes none. */
export function lookOfPage({ dataset }: HTMLElement): Look {
  const width = Number(dataset['sidebarWidth']);
  return {
    theme: themes.find((one) => one === dataset['theme']) ?? defaultPreferences.theme,
    sidebarWidth:
      width >= SIDEBAR_MIN && width <= SIDEBAR_MAX ? width : defaultPreferences.sidebarWidth,
    sidebarCollapsed: dataset['sidebarCollapsed'] === 'true',
  };
}

export const createPreferences = (look: Look) =>
  createStore<PreferencesState>()((set) => ({
    ...defaultPreferences,
    ...look,
    setTheme: (theme) => set({ theme }),
    setSidebarWidth: (px) => set({ sidebarWidth: clamp(px, SIDEBAR_MIN, SIDEBAR_MAX) }),
    setOutcomeWidth: (px) => set({ outcomeWidth: clamp(px, OUTCOME_MIN, OUTCOME_MAX) }),
    setKeyColumnWidth: (px) =>
      set({ keyColumnWidth: px === 0 ? 0 : clamp(px, KEY_COLUMN_MIN, KEY_COLUMN_MAX) }),
    setReviewBeforeSave: (reviewBeforeSave) => set({ reviewBeforeSave }),
    setLoadOnOpen: (loadOnOpen) => set({ loadOnOpen }),
    setLockAfterMinutes: (lockAfterMinutes) => set({ lockAfterMinutes }),
    setHideAfterSeconds: (hideAfterSeconds) => set({ hideAfterSeconds }),
    setHidesOnBlur: (hidesOnBlur) => set({ hidesOnBlur }),
    setClearsClipboardAfterSeconds: (clearsClipboardAfterSeconds) =>
      set({ clearsClipboardAfterSeconds }),
    setChecksForUpdates: (checksForUpdates) => set({ checksForUpdates }),
    setProtectsContent: (protectsContent) => set({ protectsContent }),
    setShowsTrayIcon: (showsTrayIcon) => set({ showsTrayIcon }),
    setEnvironmentOrder: (environmentOrder) => set({ environmentOrder }),
    setSidebarCollapsed: (sidebarCollapsed) => set({ sidebarCollapsed }),
    fold: (workspaceId, paths, folds) =>
      set(({ folded }) => {
        const others = (folded[workspaceId] ?? []).filter((path) => !paths.includes(path));
        const next = folds ? [...paths, ...others].slice(0, FOLDED_MAX) : others;
        return { folded: { ...folded, [workspaceId]: next } };
      }),
    toggleFavourite: (workspaceId, environmentId) =>
      set(({ favourites }) => {
        const before = favourites[workspaceId] ?? [];
        const next = before.includes(environmentId)
          ? before.filter((id) => id !== environmentId)
          : [...before, environmentId].slice(-FAVOURITES_MAX);
        return { favourites: { ...favourites, [workspaceId]: next } };
      }),
    used: (id) =>
      set(({ recent }) => ({
        recent: [id, ...recent.filter((one) => one !== id)].slice(0, RECENT_KEPT),
      })),
    opened: (workspaceId, environmentId) =>
      set(({ lastEnvironments }) =>
        lastEnvironments[workspaceId] === environmentId
          ? {}
          : { lastEnvironments: { ...lastEnvironments, [workspaceId]: environmentId } },
      ),
  }));

export type PreferencesStore = ReturnType<typeof createPreferences>;

const keptOf = ({
  theme,
  sidebarWidth,
  outcomeWidth,
  keyColumnWidth,
  recent,
  lastEnvironments,
  environmentOrder,
  sidebarCollapsed,
  folded,
  favourites,
  reviewBeforeSave,
  loadOnOpen,
  lockAfterMinutes,
  hideAfterSeconds,
  hidesOnBlur,
  clearsClipboardAfterSeconds,
  checksForUpdates,
  protectsContent,
  showsTrayIcon,
}: Preferences): Preferences => ({
  theme,
  sidebarWidth,
  outcomeWidth,
  keyColumnWidth,
  recent,
  lastEnvironments,
  environmentOrder,
  sidebarCollapsed,
  folded,
  favourites,
  reviewBeforeSave,
  loadOnOpen,
  lockAfterMinutes,
  hideAfterSeconds,
  hidesOnBlur,
  clearsClipboardAfterSeconds,
  checksForUpdates,
  protectsContent,
  showsTrayIcon,
});

/** The preferences in `now` that differ from `before`. */
const changed = (before: Preferences, now: Preferences): PreferenceChanges =>
  Object.fromEntries(
    Object.entries(now).filter(([name, value]) => before[name as keyof Preferences] !== value),
  );

/** Loads the stored preferences, and from then on stores each change. Throws what the call throws. */
export async function keepPreferences(
  preferences: PreferencesStore,
  client: Client,
): Promise<void> {
  preferences.setState(await client.app.preferences());
  let kept = keptOf(preferences.getState());
  let saving = false;
  // One call at a time: changes made meanwhile, as while a pane is dragged, go with the next call.
  const save = async (): Promise<void> => {
    if (saving) return;
    saving = true;
    try {
      for (;;) {
        const now = keptOf(preferences.getState());
        const changes = changed(kept, now);
        if (Object.keys(changes).length === 0) return;
        await client.app.savePreferences(changes);
        kept = now;
      }
    } catch {
      // They still apply to this window; the next change sends them along.
    } finally {
      saving = false;
    }
  };
  preferences.subscribe(() => void save());
}
