/** A person's preferences for the window. The core stores them: the page of the browser host has a new origin at each start. */
import { z } from 'zod';
import { ENVIRONMENT_NAME_MAX } from './limits';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** In pixels at a text size of 16. */
export const SIDEBAR_MIN = 200;
export const SIDEBAR_MAX = 420;
export const SIDEBAR_DEFAULT = 248;
export const OUTCOME_MIN = 280;
export const OUTCOME_MAX = 560;
export const OUTCOME_DEFAULT = 360;

export const KEY_COLUMN_MIN = 180;
export const KEY_COLUMN_MAX = 800;

/** How the sidebar orders environments: by their names, or as people arranged them. */
export const environmentOrders = ['name', 'manual'] as const;
export type EnvironmentOrder = (typeof environmentOrders)[number];

export const FOLDED_MAX = 2000;
export const FAVOURITES_MAX = 200;

export const RECENT_KEPT = 30;

/** After how many minutes without use Strongroom can lock itself; 0 for never. */
export const lockTimes = [0, 5, 15, 60] as const;
export type LockTime = (typeof lockTimes)[number];

/** After how many seconds a revealed value is hidden. */
export const revealTimes = [10, 30, 60, 300] as const;
export type RevealTime = (typeof revealTimes)[number];

/** After how many seconds a copied value is removed from the clipboard. */
export const clipboardTimes = [10, 30, 60, 300] as const;
export type ClipboardTime = (typeof clipboardTimes)[number];

const shape = {
  theme: z.enum(themes),
  sidebarWidth: z.number().int().min(SIDEBAR_MIN).max(SIDEBAR_MAX),
  /** The width of the pane at the right in Settings → Vault. */
  outcomeWidth: z.number().int().min(OUTCOME_MIN).max(OUTCOME_MAX),
  /** The width of the column of keys in the grid; 0 for its share of the width. */
  keyColumnWidth: z.number().int().min(0).max(KEY_COLUMN_MAX),
  /** The ids of the entries chosen in the palette, the last one first. */
  recent: z.array(z.string().max(200)).max(RECENT_KEPT),
  /** The environment that was open last, by workspace. */
  lastEnvironments: z.record(z.uuid(), z.uuid()),
  environmentOrder: z.enum(environmentOrders),
  /** Whether the sidebar shows only icons. */
  sidebarCollapsed: z.boolean(),
  /** The paths of folded folders in the sidebar, by workspace. */
  folded: z.record(z.uuid(), z.array(z.string().max(ENVIRONMENT_NAME_MAX)).max(FOLDED_MAX)),
  /** The ids of environments at the top of the sidebar, by workspace. */
  favourites: z.record(z.uuid(), z.array(z.uuid()).max(FAVOURITES_MAX)),
  /** Whether a save of a synced environment first shows what it would write. */
  reviewBeforeSave: z.boolean(),
  /** Whether opening a synced environment reads its values, if they are not in memory. */
  loadOnOpen: z.boolean(),
  lockAfterMinutes: z.literal(lockTimes),
  hideAfterSeconds: z.literal(revealTimes),
  /** Whether revealed values are hidden when the window loses focus. */
  hidesOnBlur: z.boolean(),
  clearsClipboardAfterSeconds: z.literal(clipboardTimes),
  /** Whether Strongroom asks each day for a newer release, if its build can. */
  checksForUpdates: z.boolean(),
  /** Whether the window is left out of screenshots and recordings, if the system can do that. */
  protectsContent: z.boolean(),
  /** Whether the desktop app has an icon in the menu bar or the notification area. */
  showsTrayIcon: z.boolean(),
};

export const preferencesSchema = z.object(shape);
export type Preferences = z.infer<typeof preferencesSchema>;

/** The preferences to change; the others stay as they are. */
export const preferenceChangesSchema = z.object(shape).partial();
export type PreferenceChanges = z.infer<typeof preferenceChangesSchema>;

export const defaultPreferences: Preferences = {
  theme: 'system',
  sidebarWidth: SIDEBAR_DEFAULT,
  outcomeWidth: OUTCOME_DEFAULT,
  keyColumnWidth: 0,
  recent: [],
  lastEnvironments: {},
  environmentOrder: 'name',
  sidebarCollapsed: false,
  folded: {},
  favourites: {},
  reviewBeforeSave: true,
  loadOnOpen: true,
  lockAfterMinutes: 0,
  hideAfterSeconds: 60,
  hidesOnBlur: true,
  clearsClipboardAfterSeconds: 30,
  checksForUpdates: true,
  protectsContent: false,
  showsTrayIcon: true,
};

/** The preferences that the page needs before its first call, so that its look does not change later. */
export type Look = Pick<Preferences, 'theme' | 'sidebarWidth' | 'sidebarCollapsed'>;

/** The preferences that a host follows. */
export type HostPreferences = Look & Pick<Preferences, 'lockAfterMinutes' | 'protectsContent'>;
