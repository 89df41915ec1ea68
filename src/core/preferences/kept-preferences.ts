import { defaultPreferences, preferencesSchema, type Preferences } from '@shared/model/preferences';
import { z } from 'zod';

const { shape } = preferencesSchema;
const keptSchema = z.object({
  theme: shape.theme.catch(defaultPreferences.theme),
  sidebarWidth: shape.sidebarWidth.catch(defaultPreferences.sidebarWidth),
  outcomeWidth: shape.outcomeWidth.catch(defaultPreferences.outcomeWidth),
  keyColumnWidth: shape.keyColumnWidth.catch(defaultPreferences.keyColumnWidth),
  recent: shape.recent.catch(defaultPreferences.recent),
  lastEnvironments: shape.lastEnvironments.catch(defaultPreferences.lastEnvironments),
  environmentOrder: shape.environmentOrder.catch(defaultPreferences.environmentOrder),
  sidebarCollapsed: shape.sidebarCollapsed.catch(defaultPreferences.sidebarCollapsed),
  folded: shape.folded.catch(defaultPreferences.folded),
  favourites: shape.favourites.catch(defaultPreferences.favourites),
  reviewBeforeSave: shape.reviewBeforeSave.catch(defaultPreferences.reviewBeforeSave),
  loadOnOpen: shape.loadOnOpen.catch(defaultPreferences.loadOnOpen),
  lockAfterMinutes: shape.lockAfterMinutes.catch(defaultPreferences.lockAfterMinutes),
  hideAfterSeconds: shape.hideAfterSeconds.catch(defaultPreferences.hideAfterSeconds),
  hidesOnBlur: shape.hidesOnBlur.catch(defaultPreferences.hidesOnBlur),
  clearsClipboardAfterSeconds: shape.clearsClipboardAfterSeconds.catch(
    defaultPreferences.clearsClipboardAfterSeconds,
  ),
  checksForUpdates: shape.checksForUpdates.catch(defaultPreferences.checksForUpdates),
  protectsContent: shape.protectsContent.catch(defaultPreferences.protectsContent),
  showsTrayIcon: shape.showsTrayIcon.catch(defaultPreferences.showsTrayIcon),
});

/** Stored preferences; missing and unknown ones have their defaults. */
export const readPreferences = (kept: unknown): Preferences =>
  keptSchema.catch(defaultPreferences).parse(kept);
