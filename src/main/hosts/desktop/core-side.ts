/** The core of the desktop app in a utility process: the end of the core. */
import type { MessagePortMain, ParentPort } from 'electron';
import type { AnyRouter } from '@orpc/server';
import type { Core, CoreOptions, HostClipboard } from '@core/core';
import { chromiumProxy, environmentOr } from '@core/network/system-proxy';
import { createWindowRouter } from '@server/window/router';
import { runCore, type AskHost, type HostLink } from '../core-process/core-side';
import type { ToCore } from '../core-process/messages';
import { createPageServer } from '../page-server';
import type { Report } from '../report';
import type { DesktopCommand, DesktopSettings } from './core-process';
import { serveTray, type TrayNote } from './tray-contents';

export type DesktopLink = HostLink<DesktopSettings, TrayNote, MessagePortMain>;

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

/** What `desktopServices` can do, as the core calls it. */
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
