/** Checks now and then whether somebody else changed an environment in memory. Reads metadata only. */
import { useEffect } from 'react';
import { unsavedCount } from '../features/environment/drafts-store';
import { GLANCE_LIMIT } from '@shared/model/limits';
import { useStores } from './stores';

const EVERY_MS = 60_000;

export function useServerWatch(): void {
  const { environments, drafts, navigation, providerStatus } = useStores();
  useEffect(() => {
    const shown = (): string | undefined => {
      const { route } = navigation.getState();
      return route.screen === 'environment' ? route.id : undefined;
    };
    const look = (ids: readonly string[]): void => {
      if (!document.hidden) void environments.getState().glance(ids.slice(0, GLANCE_LIMIT));
    };
    /** A person who comes back to the window may have been away for long. */
    const lookAtAll = (): void => {
      void providerStatus.getState().lookAgain();
      const first = shown();
      const ids = environments.getState().list.map(({ id }) => id);
      look(ids.toSorted((a, b) => Number(b === first) - Number(a === first)));
    };
    /** In between, only environments on show or with edits: each glance is a call, and a line in an audit log. */
    const lookAtSome = (): void => {
      const first = shown();
      const edits = drafts.getState();
      look(
        environments
          .getState()
          .list.map(({ id }) => id)
          .filter((id) => id === first || unsavedCount(edits, id) > 0),
      );
    };
    window.addEventListener('focus', lookAtAll);
    document.addEventListener('visibilitychange', lookAtAll);
    /** The network is back: a server that was out of reach may be, too. */
    const onOnline = (): void => void providerStatus.getState().lookAgain();
    window.addEventListener('online', onOnline);
    const timer = setInterval(lookAtSome, EVERY_MS);
    return () => {
      window.removeEventListener('focus', lookAtAll);
      document.removeEventListener('visibilitychange', lookAtAll);
      window.removeEventListener('online', onOnline);
      clearInterval(timer);
    };
  }, [environments, drafts, navigation, providerStatus]);
}
