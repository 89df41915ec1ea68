import { useEffect } from 'react';
import { useStores } from './stores';

/**
 * Has the host ask before the window closes with unsaved edits or a form that is not saved. A browser asks in its own words; Electron
 * asks nothing, so the desktop host does.
 */
export function useLeaveGuard(): void {
  const { requests, unsavedWork } = useStores();
  useEffect(() => {
    const onBeforeUnload = (event: BeforeUnloadEvent): void => {
      if (unsavedWork.drafts().length > 0 || requests.getState().hasInput) event.preventDefault();
    };
    window.addEventListener('beforeunload', onBeforeUnload);
    return () => window.removeEventListener('beforeunload', onBeforeUnload);
  }, [requests, unsavedWork]);
}
