/** The window's end of the contract, the same over a MessagePort and over a WebSocket. */
import { createORPCClient } from '@orpc/client';
import { RPCLink as MessagePortLink } from '@orpc/client/message-port';
import { RPCLink as WebSocketLink } from '@orpc/client/websocket';
import { CONNECT_MESSAGE, DESKTOP_GLOBAL, SOCKET_LOCKED, type DesktopBridge } from '@shared/bridge';
import type { CommandId } from '@shared/commands';
import type { Client } from '@shared/contract/window';
import { openSocket } from './socket';

export { BridgeError, openLinksPastedHere } from './socket';
export { errorReport, isCancelled } from './errors';

export interface Bridge {
  readonly client: Client;
  readonly host: 'desktop' | 'browser';
  /** Calls back once, when the connection to the core has ended: because it was locked, or by itself. */
  onClosed(listener: (isLocked: boolean) => void): void;
  /** Calls back with commands that were chosen in the system's menus. The browser host has none. */
  onCommand(listener: (command: CommandId) => void): void;
  /** Calls back with links that other programs opened, as they are. The browser host gets none. */
  onLink(listener: (link: string) => void): void;
}

declare global {
  interface Window {
    /** Set by the preload script, if there is one. */
    readonly [DESKTOP_GLOBAL]?: DesktopBridge;
  }
}

function connectDesktop(desktop: DesktopBridge): Bridge {
  const { port1, port2 } = new MessageChannel();
  window.postMessage(CONNECT_MESSAGE, window.location.origin, [port2]);
  const client: Client = createORPCClient(new MessagePortLink({ port: port1 }));
  port1.start();
  return {
    client,
    host: 'desktop',
    onClosed: (listener) => {
      let isLocked = false;
      desktop.onLocked(() => {
        isLocked = true;
        listener(true);
      });
      // Main says first that it was locked.
      port1.addEventListener('close', () => isLocked || listener(false), { once: true });
    },
    onCommand: (listener) => desktop.onCommand(listener),
    onLink: (listener) => desktop.onLink(listener),
  };
}

async function connectBrowser(): Promise<Bridge> {
  const websocket = await openSocket();
  const client: Client = createORPCClient(new WebSocketLink({ websocket }));
  return {
    client,
    host: 'browser',
    onClosed: (listener) => {
      if (websocket.readyState === WebSocket.OPEN) {
        websocket.addEventListener('close', ({ code }) => listener(code === SOCKET_LOCKED), {
          once: true,
        });
      } else listener(false);
    },
    onCommand: () => undefined,
    onLink: () => undefined,
  };
}

/** Throws a `BridgeError` if the page cannot connect to the core. */
export const connect = async (): Promise<Bridge> => {
  const desktop = window[DESKTOP_GLOBAL];
  return desktop === undefined ? connectBrowser() : connectDesktop(desktop);
};
