import { useEffect } from 'react';
import { useStores } from './stores';

/**
 * Has the host ask before the window goes with edits that are not saved. A browser asks in its own
 * words; the desktop host does so for Electron, which would not.
 */
export function useLeaveGuard(): void {
  const { unsavedWork } = useStores();
  useEffect(() => {
    const onBeforeUnload = (event: BeforeUnloadEvent): void => {
      if (unsavedWork.drafts().length > 0) event.preventDefault();
    };
    window.addEventListener('beforeunload', onBeforeUnload);
    return () => window.removeEventListener('beforeunload', onBeforeUnload);
  }, [unsavedWork]);
}
