/** Brings requests that wait for a person to attention outside of the page: badge, taskbar and notification. */
import type { BrowserWindow, Notification as SystemNotification } from 'electron';
import type { PendingApproval } from '@shared/model/approval';
import type { HostAttention } from '@core/requests/approvals';
import { describeBug, type Report } from '../report';
import type { Electron } from './electron';
import { focusWindow } from './window';

export interface AttentionOptions {
  readonly electron: Pick<Electron, 'app' | 'Notification' | 'nativeImage'>;
  readonly platform: NodeJS.Platform;
  /** The window, or `undefined` while there is none. */
  readonly window: () => BrowserWindow | undefined;
  /** Moves the focus of the page to the request that waits. */
  readonly focusRequest: () => void;
  readonly report: Report;
}

export function createAttention(options: AttentionOptions): HostAttention {
  let known: ReadonlySet<string> = new Set();
  let notification: SystemNotification | undefined;

  const closeNotification = (): void => {
    notification?.close();
    notification = undefined;
  };

  const update = (list: readonly PendingApproval[]): void => {
    const window = liveWindow(options);
    const fresh = list.filter(({ id }) => !known.has(id));
    known = new Set(list.map(({ id }) => id));
    showCount(options, window, list.length);
    if (list.length === 0) return closeNotification();
    const newest = fresh.at(-1);
    // Whoever looks at the window sees the banner.
    if (newest === undefined || window?.isFocused() === true) return;
    closeNotification();
    notification = notify(options, list, newest);
    // Without a notification the window comes forward, and takes nobody's keys.
    if (notification === undefined) window?.showInactive();
  };

  return {
    pending: (list) => {
      // No oddity of a desktop may end the request.
      try {
        update(list);
      } catch (error) {
        options.report(`A waiting request could not be announced. ${describeBug(error)}`);
      }
    },
  };
}

function liveWindow({ window }: AttentionOptions): BrowserWindow | undefined {
  const current = window();
  return current === undefined || current.isDestroyed() ? undefined : current;
}

function showCount(
  { electron: { app, nativeImage }, platform }: AttentionOptions,
  window: BrowserWindow | undefined,
  count: number,
): void {
  // Linux shows a count only in desktops with launchers that know it; elsewhere this does nothing.
  if (platform !== 'win32') app.setBadgeCount(count);
  else if (count === 0) window?.setOverlayIcon(null, '');
  else {
    const size = { width: BADGE_PIXELS, height: BADGE_PIXELS };
    window?.setOverlayIcon(nativeImage.createFromBitmap(badge(), size), waitingWords(count));
  }
  // On a Mac it would bounce the icon in the dock until somebody looks.
  if (platform !== 'darwin') window?.flashFrame(count > 0 && !window.isFocused());
}

/** `undefined` if the system shows no notifications. */
function notify(
  { electron: { Notification }, window, focusRequest }: AttentionOptions,
  list: readonly PendingApproval[],
  newest: PendingApproval,
): SystemNotification | undefined {
  if (!Notification.isSupported()) return undefined;
  const notification = new Notification({
    title: 'A request waits for you',
    body: list.length > 1 ? waitingWords(list.length) : wordsOf(newest),
    // It stays until somebody answers, if the system supports that.
    timeoutType: 'never',
  });
  notification.on('click', () => {
    focusWindow(window());
    focusRequest();
  });
  notification.show();
  return notification;
}

const waitingWords = (count: number): string =>
  count === 1 ? 'One request waits.' : `${String(count)} requests wait.`;

/** Without path and reason: others may see the screen, also while it is locked. */
const wordsOf = ({ caller, host, grant }: PendingApproval): string =>
  `${caller?.name ?? 'A program'} wants to send a request to ${host} with the grant ${grant.name}.`;

const BADGE_PIXELS = 16;

/** A disc of brass, as premultiplied BGRA. */
function badge(): Buffer {
  const pixels = Buffer.alloc(BADGE_PIXELS * BADGE_PIXELS * 4);
  const middle = (BADGE_PIXELS - 1) / 2;
  for (let at = 0; at < BADGE_PIXELS * BADGE_PIXELS; at += 1) {
    const distance = Math.hypot(
      (at % BADGE_PIXELS) - middle,
      Math.floor(at / BADGE_PIXELS) - middle,
    );
    // Half transparent where the edge crosses a pixel.
    const alpha = Math.min(1, Math.max(0, middle + 0.5 - distance));
    const colour = [0x27, 0xa2, 0xc9, 0xff].map((part) => Math.round(part * alpha));
    pixels.set(colour, at * 4);
  }
  return pixels;
}
