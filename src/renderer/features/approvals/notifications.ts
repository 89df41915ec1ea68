/** Notifications of the browser. The desktop host shows those of the system itself. */
import type { PendingApproval } from '@shared/model/approval';
import { useEffect, useRef, useState } from 'react';
import { callerName } from './words';

/** Of the same kind of notification, the newest replaces the others. */
const TAG = 'strongroom-waiting';

export interface Notifications {
  /** Asks the person whether notifications may be shown; `undefined` if there is nothing to ask. */
  readonly enable: (() => void) | undefined;
}

const isPossible = (): boolean => 'Notification' in window;

/**
 * Shows a notification when a request begins to wait while the window is not in front, if the person has allowed
 * that. It has the program, the host and the grant, and neither path nor reason: others may see the screen.
 */
export function useNotifications(
  waiting: readonly PendingApproval[],
  { isOn, onClick }: { readonly isOn: boolean; readonly onClick: () => void },
): Notifications {
  const [permission, setPermission] = useState(() =>
    isOn && isPossible() ? Notification.permission : 'denied',
  );
  const known = useRef<ReadonlySet<string>>(new Set());
  const shown = useRef<Notification>(undefined);

  useEffect(() => {
    const fresh = waiting.filter(({ id }) => !known.current.has(id));
    known.current = new Set(waiting.map(({ id }) => id));
    if (waiting.length === 0) {
      shown.current?.close();
      shown.current = undefined;
      return;
    }
    const newest = fresh.at(-1);
    if (newest === undefined || permission !== 'granted' || document.hasFocus()) return;
    const notification = new Notification('A request waits for you', {
      body:
        waiting.length > 1
          ? `${String(waiting.length)} requests wait.`
          : `${callerName(newest)}: ${newest.host}, with the grant ${newest.grant.name}.`,
      tag: TAG,
      requireInteraction: true,
    });
    notification.addEventListener('click', () => {
      window.focus();
      onClick();
      notification.close();
    });
    shown.current = notification;
  }, [waiting, permission, onClick]);

  return {
    enable:
      permission === 'default'
        ? () => void Notification.requestPermission().then(setPermission)
        : undefined,
  };
}
