/** What window and hosts agree on before the first call can be made. */
import type { CommandId } from './commands';

/** Desktop: posted by the page to its own window, with the MessagePort for main. */
export const CONNECT_MESSAGE = 'strongroom:connect';

/** Desktop: the name under which the preload says that it is there. */
export const DESKTOP_GLOBAL = 'strongroom';

/** Desktop: on which main sends the id of a command to the preload, as the menus ask for it. */
export const COMMAND_CHANNEL = 'strongroom:command';

/** Desktop: main says that Lock ended the core, and the preload that the page has forgotten what it must. */
export const LOCKED_CHANNEL = 'strongroom:locked';

/** Desktop: main says that there is a link, and the preload asks for it. */
export const LINK_CHANNEL = 'strongroom:link';

/** Desktop: what stands under `DESKTOP_GLOBAL`. */
export interface DesktopBridge {
  onCommand(listener: (command: CommandId) => void): void;
  /** Calls back when Lock has ended the core. Main then gives the page another process. */
  onLocked(listener: () => void): void;
  /** Calls back with each link that another program opened, as it is. */
  onLink(listener: (link: string) => void): void;
}

/** Browser: the launch token is in the fragment, which never leaves the page. */
export const LAUNCH_PARAMETER = 'launch';

/** Browser: the path that exchanges a launch token for a session. */
export const SESSION_PATH = '/session';

/** Browser: where the WebSocket is. Its first message is the socket token, its first answer `READY`. */
export const SOCKET_PATH = '/rpc';
export const SOCKET_READY = 'ready';

/** Browser: closes a WebSocket whose core was locked. The page loads again, and reaches the next core. */
export const SOCKET_LOCKED = 4423;
