import {
  preferencesSchema,
  readPreferences,
  type Look,
  type PreferenceChanges,
  type Preferences,
  type Theme,
} from '@shared/model/preferences';
import { z } from 'zod';
import type { PreferenceRows } from '@core/storage/preferences';
import type { Workspaces } from '@core/storage/workspaces';

/** The name under which they are kept together. */
const WINDOW = 'window';

/** What a person has set up about the window. */
export class PreferencesService {
  constructor(
    private readonly rows: PreferenceRows,
    private readonly workspaces: Workspaces,
    private readonly onTheme: (theme: Theme) => void = () => undefined,
  ) {}

  get(): Preferences {
    return readPreferences(this.rows.get(WINDOW, z.unknown()));
  }

  /** What has to be known before the page is drawn. */
  look(): Look {
    const { theme, sidebarWidth } = this.get();
    return { theme, sidebarWidth };
  }

  /** Keeps what is named, and forgets what belongs to workspaces that are gone. */
  save(changes: PreferenceChanges): void {
    const named = Object.entries(changes).filter(([, value]) => value !== undefined);
    const next = preferencesSchema.parse({ ...this.get(), ...Object.fromEntries(named) });
    const lastEnvironments = Object.fromEntries(
      Object.entries(next.lastEnvironments).filter(
        ([workspaceId]) => this.workspaces.find(workspaceId) !== undefined,
      ),
    );
    this.rows.set(WINDOW, { ...next, lastEnvironments });
    if (changes.theme !== undefined) this.onTheme(changes.theme);
  }
}
