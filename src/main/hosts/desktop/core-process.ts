/** The core of the desktop app in a utility process: the end of the app, which loads nothing of a core. */
import type { MessagePortMain } from 'electron';
import type { HostClipboard } from '@core/core';
import type { HostAttention } from '@core/requests/approvals';
import type { CoreProcess } from '../core-process/keeper';
import type { FromCore, HostServices } from '../core-process/messages';
import type { Electron } from './electron';
import type { TrayNote } from './tray-contents';

export interface DesktopSettings {
  readonly version: string;
  readonly dataDirectory: string;
  readonly command: DesktopCommand;
}

/** The command on the PATH, as far as only the main process knows it. */
export interface DesktopCommand {
  readonly path: string;
  /** Whether it stays where it is after the app has quit. */
  readonly isLasting: boolean;
}

export type DesktopCoreProcess = CoreProcess<DesktopSettings, TrayNote, MessagePortMain>;

/** `program`: the absolute path of the core's program. Only after Electron is ready. */
export function startCoreProcess(
  { utilityProcess }: Pick<Electron, 'utilityProcess'>,
  program: string,
): DesktopCoreProcess {
  const child = utilityProcess.fork(program, [], {
    serviceName: 'Strongroom core',
    stdio: 'inherit',
  });
  return {
    send: (message, port) => {
      child.postMessage(message, port === undefined ? [] : [port]);
    },
    onMessage: (listener) => {
      child.on('message', (message: FromCore<TrayNote>) => {
        listener(message);
      });
    },
    onExit: (listener) => {
      child.once('exit', listener);
    },
    kill: () => {
      child.kill();
    },
  };
}

export interface DesktopServices {
  readonly clipboard: HostClipboard;
  readonly attention: HostAttention;
  readonly resolveProxy: (url: string) => Promise<string>;
  /** Opens a page for a sign-in. */
  readonly openAddress: (address: string) => void;
}

/** What only Electron's main process can do. */
export const desktopServices = ({
  clipboard,
  attention,
  resolveProxy,
  openAddress,
}: DesktopServices): HostServices => ({
  readClipboard: () => clipboard.readText(),
  writeClipboard: (text: string) => clipboard.writeText(text),
  writeSecret: (text: string) => clipboard.writeSecret(text),
  showPending: async (list: Parameters<HostAttention['pending']>[0]) => {
    attention.pending(list);
  },
  resolveProxy,
  openAddress: async (address: string) => {
    openAddress(address);
  },
});
