import { isAddress } from '@shared/model/place';
import { LAUNCH_PARAMETER, SESSION_PATH, SOCKET_PATH, SOCKET_READY } from '@shared/bridge';

export class BridgeError extends Error {
  override readonly name = 'BridgeError';

  constructor(
    readonly reason:
      /** The page was opened without the launch link, or in a second tab. */
      | 'no-session'
      /** The launch link was used before. */
      | 'link-used'
      /** The host does not answer. */
      | 'unreachable',
  ) {
    super(reason);
  }
}

// sessionStorage belongs to this tab and this port. It survives a reload and nothing else.
const STORED_TOKEN = 'socket-token';
const PASTED_TOKEN = 'pasted-launch-token';

/**
 * Takes the launch token out of the address, so that no screenshot, bookmark or copied address holds it.
 * The history of an ordinary browser window keeps the link, whose token is good no more. `page`: the fragment to have
 * in its place, if it is that of a page.
 */
function takeLaunchToken(page = ''): string | null {
  const token = new URLSearchParams(window.location.hash.slice(1)).get(LAUNCH_PARAMETER);
  if (token !== null) {
    const { pathname } = window.location;
    window.history.replaceState(null, '', isAddress(page) ? pathname + page : pathname);
  }
  return token;
}

/** The token of a link that was pasted into this tab before it reloaded. */
function takePastedToken(): string | null {
  const token = window.sessionStorage.getItem(PASTED_TOKEN);
  window.sessionStorage.removeItem(PASTED_TOKEN);
  return token;
}

/** Reloads the page when a fresh link is pasted into its tab: that changes the fragment alone. */
export function openLinksPastedHere(): void {
  window.addEventListener('hashchange', ({ oldURL }) => {
    const token = takeLaunchToken(new URL(oldURL).hash);
    if (token === null) return;
    window.sessionStorage.setItem(PASTED_TOKEN, token);
    window.location.reload();
  });
}

/** Exchanges the one-time launch token for a cookie (set by the answer) and a socket token. */
async function exchange(launch: string): Promise<string | undefined> {
  const answer = await fetch(SESSION_PATH, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ launch }),
  }).catch(() => {
    throw new BridgeError('unreachable');
  });
  return answer.ok ? answer.text() : undefined;
}

async function socketToken(): Promise<string> {
  const pasted = takePastedToken();
  const launch = takeLaunchToken() ?? pasted;
  const stored = window.sessionStorage.getItem(STORED_TOKEN);
  if (launch === null) {
    if (stored === null) throw new BridgeError('no-session');
    return stored;
  }
  const fresh = await exchange(launch);
  if (fresh !== undefined) {
    window.sessionStorage.setItem(STORED_TOKEN, fresh);
    return fresh;
  }
  // If the link was used in this tab before, the session of that time is still valid.
  if (stored === null) throw new BridgeError('link-used');
  return stored;
}

/**
 * Whether the host answers at all. A page cannot tell a WebSocket that was refused, since its session is
 * not known any more, from a host that is gone.
 */
const isReachable = (): Promise<boolean> =>
  fetch(SESSION_PATH).then(
    ({ status }) => status < 500,
    () => false,
  );

/** Resolves with a socket that the host has accepted and that has not carried a call yet. */
export async function openSocket(): Promise<WebSocket> {
  const token = await socketToken();
  const socket = new WebSocket(`ws://${window.location.host}${SOCKET_PATH}`);
  return new Promise((resolve, reject) => {
    const settle = new AbortController();
    const { signal } = settle;
    let opened = false;
    socket.addEventListener(
      'open',
      () => {
        opened = true;
        socket.send(token);
      },
      { signal },
    );
    socket.addEventListener(
      'message',
      (event) => {
        settle.abort();
        if (event.data === SOCKET_READY) resolve(socket);
        else reject(new BridgeError('unreachable'));
      },
      { signal },
    );
    socket.addEventListener(
      'close',
      () => {
        settle.abort();
        void (opened ? Promise.resolve(true) : isReachable()).then((reachable) => {
          if (reachable) window.sessionStorage.removeItem(STORED_TOKEN);
          reject(new BridgeError(reachable ? 'no-session' : 'unreachable'));
        });
      },
      { signal },
    );
  });
}
