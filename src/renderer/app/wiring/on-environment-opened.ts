import type { Stores } from '../create-stores';

/** Remembers the environment that was open last, for the next start. */
export function onEnvironmentOpened({ navigation, preferences, workspaceId }: Stores): void {
  navigation.subscribe(({ lastEnvironment }) => {
    if (lastEnvironment !== undefined) {
      preferences.getState().opened(workspaceId, lastEnvironment);
    }
  });
}
