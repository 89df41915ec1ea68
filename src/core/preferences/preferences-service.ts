import {
  preferencesSchema,
  type HostPreferences,
  type PreferenceChanges,
  type Preferences,
} from '@shared/model/preferences';
import { z } from 'zod';
import type { PreferenceRows } from '@core/storage/preferences';
import type { Workspaces } from '@core/storage/workspaces';
import { readPreferences } from './kept-preferences';

/** The name of the row that holds all preferences. */
const WINDOW = 'window';

/** A person's preferences for the window. */
export class PreferencesService {
  constructor(
    private readonly rows: PreferenceRows,
    private readonly workspaces: Workspaces,
    private readonly onChanged: (preferences: HostPreferences) => void = () => undefined,
  ) {}

  get(): Preferences {
    return readPreferences(this.rows.get(WINDOW, z.unknown()));
  }

  /** What the page needs before it is drawn, and the host at all times. */
  forHost(): HostPreferences {
    const { theme, sidebarWidth, sidebarCollapsed, lockAfterMinutes, protectsContent } = this.get();
    return { theme, sidebarWidth, sidebarCollapsed, lockAfterMinutes, protectsContent };
  }

  /** Changes the named preferences, and forgets what is about deleted workspaces. */
  save(changes: PreferenceChanges): void {
    const named = Object.entries(changes).filter(([, value]) => value !== undefined);
    const next = preferencesSchema.parse({ ...this.get(), ...Object.fromEntries(named) });
    const ofWorkspaces = <T>(kept: Readonly<Record<string, T>>): Record<string, T> =>
      Object.fromEntries(
        Object.entries(kept).filter(
          ([workspaceId]) => this.workspaces.find(workspaceId) !== undefined,
        ),
      );
    this.rows.set(WINDOW, {
      ...next,
      lastEnvironments: ofWorkspaces(next.lastEnvironments),
      folded: ofWorkspaces(next.folded),
      favourites: ofWorkspaces(next.favourites),
    });
    this.onChanged(this.forHost());
  }
}
