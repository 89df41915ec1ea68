import { recentEntryOf } from '@shared/model/recent';
import type { Stores } from '../create-stores';

/** Remembers the environment that was open last, for the next start, and the one before it, for the palette. */
export function onEnvironmentOpened({ navigation, preferences, workspaceId }: Stores): void {
  navigation.subscribe(({ lastEnvironment }, { lastEnvironment: before }) => {
    if (lastEnvironment === undefined || lastEnvironment === before) return;
    preferences.getState().opened(workspaceId, lastEnvironment);
    // First in the palette is the environment that a person comes from, and not the one on show.
    if (before !== undefined) preferences.getState().used(recentEntryOf(before));
  });
}
