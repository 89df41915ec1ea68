/**
 * The preload: hands the page's port to main, once a page, and passes on what the menus ask for. It runs
 * sandboxed and isolated from the page, and gives it no part of Electron.
 */
import { contextBridge, ipcRenderer } from 'electron';
import {
  COMMAND_CHANNEL,
  CONNECT_MESSAGE,
  DESKTOP_GLOBAL,
  LINK_CHANNEL,
  LOCKED_CHANNEL,
  type DesktopBridge,
} from '@shared/bridge';
import { commandIds, type CommandId } from '@shared/commands';

const isCommand = (command: unknown): command is CommandId =>
  commandIds.some((known) => known === command);

const bridge: DesktopBridge = {
  onCommand: (listener) => {
    ipcRenderer.on(COMMAND_CHANNEL, (_event, command: unknown) => {
      if (isCommand(command)) listener(command);
    });
  },
  onLocked: (listener) => {
    ipcRenderer.on(LOCKED_CHANNEL, () => {
      listener();
      ipcRenderer.send(LOCKED_CHANNEL);
    });
  },
  onLink: (listener) => {
    const ask = async (): Promise<void> => {
      const link: unknown = await ipcRenderer.invoke(LINK_CHANNEL);
      if (typeof link === 'string') listener(link);
    };
    ipcRenderer.on(LINK_CHANNEL, () => void ask());
    // It may have come before the page.
    void ask();
  },
};

function handOver(event: MessageEvent): void {
  if (event.source !== window || event.origin !== window.location.origin) return;
  if (event.data !== CONNECT_MESSAGE) return;
  const [port] = event.ports;
  if (port === undefined) return;
  window.removeEventListener('message', handOver);
  ipcRenderer.postMessage(CONNECT_MESSAGE, null, [port]);
}

window.addEventListener('message', handOver);
contextBridge.exposeInMainWorld(DESKTOP_GLOBAL, bridge);
