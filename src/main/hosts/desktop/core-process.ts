/** The core of the desktop app in a utility process: what the two of them say, and how. */
import type { MessagePortMain, ParentPort } from 'electron';
import type { AnyRouter } from '@orpc/server';
import type { Core, CoreOptions, HostClipboard } from '@core/core';
import { chromiumProxy, environmentOr } from '@core/network/system-proxy';
import type { HostAttention } from '@core/requests/approvals';
import { createWindowRouter } from '@server/window/router';
import { runCore, type AskHost, type HostLink } from '../core-process/core-side';
import type { CoreProcess } from '../core-process/keeper';
import type { FromCore, HostServices, ToCore } from '../core-process/messages';
import { createPageServer } from '../page-server';
import type { Report } from '../report';
import type { Electron } from './electron';
import { serveTray, type TrayNote } from './tray-contents';

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
export type DesktopLink = HostLink<DesktopSettings, TrayNote, MessagePortMain>;

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

/** For the program of the core. It ends with the app. */
export const linkToHost = (parent: ParentPort): DesktopLink => ({
  send: (message) => {
    // Not a window: there is no origin.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    parent.postMessage(message);
  },
  onMessage: (listener) => {
    parent.on('message', ({ data, ports }) => {
      listener(data as ToCore<DesktopSettings, TrayNote>, ports[0]);
    });
  },
  onGone: () => undefined,
});

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

/** The same, as the core calls it. */
const hostOptions = (
  ask: AskHost,
  env: NodeJS.ProcessEnv,
): Pick<CoreOptions, 'clipboard' | 'attention' | 'systemProxy' | 'openAddress'> => ({
  clipboard: {
    readText: () => ask('readClipboard', undefined) as Promise<string>,
    writeText: async (text) => {
      await ask('writeClipboard', text);
    },
    writeSecret: (text) => ask('writeSecret', text) as ReturnType<HostClipboard['writeSecret']>,
  },
  attention: {
    pending: (list) => {
      // A host that ends shows nothing any more.
      ask('showPending', list).catch(() => undefined);
    },
  },
  openAddress: (address) => {
    // As above.
    ask('openAddress', address).catch(() => undefined);
  },
  systemProxy: environmentOr(
    env,
    chromiumProxy((url) => ask('resolveProxy', url) as Promise<string>),
  ),
});

export type DesktopCoreOptions = Pick<
  CoreOptions,
  | 'startsShut'
  | 'onShut'
  | 'onPreferences'
  | 'clipboard'
  | 'attention'
  | 'systemProxy'
  | 'openAddress'
  | 'version'
  | 'dataDirectory'
> & { readonly host: 'desktop'; readonly isDirectoryLocked: true };

export interface DesktopCore {
  readonly link: DesktopLink;
  /** Throws `AppError`. */
  readonly openCore: (options: DesktopCoreOptions, command: DesktopCommand) => Promise<Core>;
  readonly exit: (code: number) => void;
  readonly report: Report;
}

/** Runs in the process of the core. */
export function runDesktopCore({ openCore, ...rest }: DesktopCore): void {
  runCore({
    ...rest,
    openCore: ({ version, dataDirectory, command }, common, ask) =>
      openCore(
        {
          ...common,
          ...hostOptions(ask, process.env),
          host: 'desktop',
          version,
          dataDirectory,
          isDirectoryLocked: true,
        },
        command,
      ),
    serve: (core, _settings, tell) => {
      const tray = serveTray(core, tell, rest.report);
      const ports = servePorts(createWindowRouter(core), rest.report, tray.onAnswer);
      return {
        accept: ports.accept,
        hear: tray.hear,
        close: async () => {
          tray.close();
          await ports.close();
        },
      };
    },
  });
}

/** Each loaded page brings its own port. The port closes with its page, and that ends the calls on it. */
export function servePorts(
  router: AnyRouter,
  report: Report,
  /** Called after each answer to a page. */
  onAnswer: () => void = () => undefined,
): {
  accept(port: MessagePortMain): void;
  close(): Promise<void>;
} {
  const serve = createPageServer(router, report);
  const open = new Set<MessagePortMain>();
  return {
    accept: (port) => {
      open.add(port);
      const page = serve((message) => {
        port.postMessage(message);
        onAnswer();
      });
      port.on('message', ({ data }) => {
        page.receive(data);
      });
      port.once('close', () => {
        open.delete(port);
        page.close();
      });
      port.start();
    },
    close: async () => {
      for (const port of open) port.close();
    },
  };
}
