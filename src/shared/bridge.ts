/** What window and hosts agree on before the first call can be made. */

/** Desktop: posted by the page to its own window, with the MessagePort for main. */
export const CONNECT_MESSAGE = 'strongroom:connect';

/** Desktop: the name under which the preload says that it is there. */
export const DESKTOP_GLOBAL = 'strongroom';

/** Desktop: what the menus of the system ask of the window. */
export const windowCommands = ['open-settings'] as const;
export type WindowCommand = (typeof windowCommands)[number];

/** Desktop: on which main sends a `WindowCommand` to the preload. */
export const COMMAND_CHANNEL = 'strongroom:command';

/** Desktop: what stands under `DESKTOP_GLOBAL`. */
export interface DesktopBridge {
  onCommand(listener: (command: WindowCommand) => void): void;
}

/** Browser: the launch token stands in the fragment, which never leaves the page. */
export const LAUNCH_PARAMETER = 'launch';

/** Browser: where a launch token is exchanged for a session. */
export const SESSION_PATH = '/session';

/** Browser: where the WebSocket is. Its first message is the socket token, its first answer `READY`. */
export const SOCKET_PATH = '/rpc';
export const SOCKET_READY = 'ready';
