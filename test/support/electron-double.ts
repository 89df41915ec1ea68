/**
 * A double of Electron's module for tests in Node, with Electron's types. Its message ports are real. It
 * throws if a test uses anything that it does not have.
 */
import { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import type {
  App,
  BrowserWindow,
  BrowserWindowConstructorOptions,
  Display,
  IpcMain,
  IpcMainEvent,
  IpcMainInvokeEvent,
  Menu,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  MessagePortMain,
  NativeImage,
  Notification,
  NotificationConstructorOptions,
  Rectangle,
  Session,
  Tray,
  WebContents,
  WebFrameMain,
  WindowOpenHandlerResponse,
} from 'electron';
import type { Electron } from '@main/hosts/desktop/electron';

/** A `T` that has only these parts, and throws if another part is used. */
export function doubleOf<T extends object>(name: string, parts: Partial<T>): T {
  return new Proxy(parts, {
    get(target, key) {
      // `await` reads `then`, which no double has.
      if (typeof key === 'string' && key !== 'then' && !(key in target)) {
        throw new Error(`The double of ${name} has no ${key}.`);
      }
      return Reflect.get(target, key) as unknown;
    },
  }) as T;
}

const emitting = <Parts extends object>(parts: Parts): EventEmitter & Parts =>
  Object.assign(new EventEmitter(), parts);

/** The theme of a computer that is set to dark. */
const darkUnlessTold = (): Partial<Electron['nativeTheme']> => ({
  themeSource: 'system',
  get shouldUseDarkColors() {
    return this.themeSource !== 'light';
  },
});

/** An event as Electron passes it to its listeners. */
export interface PreventableEvent {
  defaultPrevented: boolean;
  preventDefault(): void;
}

export function preventable<Details extends object>(details: Details): Details & PreventableEvent {
  const event = {
    ...details,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return event;
}

/** A port of Node as Electron’s main process sees it: silent until started, data in an event. */
export class MessagePortMainDouble extends EventEmitter {
  constructor(private readonly port: MessagePort) {
    super();
  }

  start(): void {
    this.port.on('message', (data: unknown) => this.emit('message', { data, ports: [] }));
    this.port.on('close', () => this.emit('close'));
  }

  postMessage(message: unknown): void {
    this.port.postMessage(message, []);
  }

  close(): void {
    this.port.close();
  }
}

export interface WebContentsDouble {
  readonly contents: WebContents;
  readonly emitter: EventEmitter;
  readonly sent: { channel: string; args: unknown[] }[];
  reloads: number;
  /** How often its process was ended on purpose. */
  ended: number;
  url: string;
  openWindow(url: string): WindowOpenHandlerResponse;
}

export function createContents(): WebContentsDouble {
  let openHandler: ((details: { url: string }) => WindowOpenHandlerResponse) | undefined;
  const sent: { channel: string; args: unknown[] }[] = [];
  const emitter = emitting({
    setWindowOpenHandler: ((handler) => {
      openHandler = handler as typeof openHandler;
    }) satisfies WebContents['setWindowOpenHandler'],
    send: (channel: string, ...args: unknown[]) => {
      sent.push({ channel, args });
    },
    getURL: () => double.url,
    reload: () => {
      double.reloads += 1;
    },
    forcefullyCrashRenderer: () => {
      double.ended += 1;
      emitter.emit('render-process-gone', preventable({}), { reason: 'crashed' });
    },
  });
  const double: WebContentsDouble = {
    contents: doubleOf<WebContents>('WebContents', emitter as unknown as Partial<WebContents>),
    emitter,
    sent,
    reloads: 0,
    ended: 0,
    url: '',
    openWindow: (url) => {
      if (openHandler === undefined) throw new Error('No window open handler was set.');
      return openHandler({ url });
    },
  };
  return double;
}

type PermissionRequestHandler = NonNullable<Parameters<Session['setPermissionRequestHandler']>[0]>;
type PermissionCheckHandler = NonNullable<Parameters<Session['setPermissionCheckHandler']>[0]>;
type DeviceHandler = NonNullable<Parameters<Session['setDevicePermissionHandler']>[0]>;
type RequestFilter = (url: string) => boolean;

export class SessionDouble {
  readonly emitter = new EventEmitter();
  permissionRequest: PermissionRequestHandler | null = null;
  permissionCheck: PermissionCheckHandler | null = null;
  device: DeviceHandler | null = null;
  /** The system's proxies, as `resolveProxy` returns them. */
  proxy = 'DIRECT';
  spellChecker = true;
  blockedPatterns: string[] = [];
  isBlocked: RequestFilter = () => false;

  readonly session = doubleOf<Session>('Session', {
    setPermissionRequestHandler: (handler) => {
      this.permissionRequest = handler;
    },
    setPermissionCheckHandler: (handler) => {
      this.permissionCheck = handler;
    },
    setDevicePermissionHandler: (handler) => {
      this.device = handler;
    },
    resolveProxy: async () => this.proxy,
    setSpellCheckerEnabled: (enabled) => {
      this.spellChecker = enabled;
    },
    on: ((event: string, listener: (...args: unknown[]) => void) => {
      this.emitter.on(event, listener);
      return this.session;
    }) as Session['on'],
    webRequest: doubleOf<Session['webRequest']>('WebRequest', {
      onBeforeRequest: ((
        filter: { urls: string[] },
        listener: (
          details: { url: string },
          callback: (response: { cancel?: boolean }) => void,
        ) => void,
      ) => {
        this.blockedPatterns = filter.urls;
        this.isBlocked = (url) => {
          let isBlocked = false;
          listener({ url }, ({ cancel }) => {
            isBlocked = cancel === true;
          });
          return isBlocked;
        };
      }) as Session['webRequest']['onBeforeRequest'],
    }),
  });
}

export interface WindowDouble {
  readonly options: BrowserWindowConstructorOptions;
  readonly contents: WebContentsDouble;
  readonly emitter: EventEmitter;
  readonly calls: string[];
  readonly loaded: string[];
  readonly flashes: boolean[];
  /** Whether it was left out of screenshots from then on. */
  readonly protections: boolean[];
  /** Of the icon in the taskbar: the pixels, and what they mean. */
  readonly overlays: (readonly [pixels: Uint8Array | undefined, words: string])[];
  isFocused: boolean;
  isMinimized: boolean;
  isMaximized: boolean;
  bounds: Rectangle;
  isDestroyed: boolean;
}

/** As Electron's: a text, and other formats beside it. */
class ClipboardItemDouble {
  readonly types: readonly string[];
  readonly text: string;

  constructor(items: Readonly<Record<string, string | Blob>>) {
    this.types = Object.keys(items);
    const { 'text/plain': text } = items;
    this.text = typeof text === 'string' ? text : '';
  }
}

export interface ElectronDoubleOptions {
  readonly isPackaged?: boolean;
  readonly isOnlyInstance?: boolean;
  /** The index of the button that is pressed in a message box. */
  readonly answer?: number;
  readonly hasNotifications?: boolean;
  /** Of the command line. */
  readonly switches?: readonly string[];
}

export interface NotificationDouble {
  readonly options: NotificationConstructorOptions;
  readonly emitter: EventEmitter;
  readonly calls: string[];
}

export interface TrayDouble {
  readonly emitter: EventEmitter;
  /** Each menu that it was given, the last one last. */
  readonly menus: MenuItemConstructorOptions[][];
  readonly isTemplate: boolean;
  isDestroyed: boolean;
}

export const displayOf = (bounds: Rectangle): Display =>
  doubleOf<Display>('Display', { id: bounds.x, bounds, workArea: bounds });

const pick = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Rectangle>): Rectangle => ({
  x,
  y,
  width,
  height,
});

/** The double as the test sees it; the code under test gets `electron`. */
export class ElectronDouble {
  /** What happened to the app, in order. */
  readonly log: string[] = [];
  readonly paths = new Map<string, string>();
  readonly windows: WindowDouble[] = [];
  readonly errorBoxes: { title: string; content: string }[] = [];
  readonly exitCodes: number[] = [];
  readonly opened: string[] = [];
  readonly badgeCounts: number[] = [];
  readonly notifications: NotificationDouble[] = [];
  readonly messageBoxes: MessageBoxOptions[] = [];
  readonly trays: TrayDouble[] = [];
  readonly menus: MenuItemConstructorOptions[][] = [];
  readonly popups: MenuItemConstructorOptions[][] = [];
  readonly privileges: Electron.CustomScheme[] = [];
  readonly session = new SessionDouble();
  readonly app = new EventEmitter();
  readonly ipcMain = new EventEmitter();
  /** What main answers to a page, by channel. */
  readonly answers = new Map<string, (event: IpcMainInvokeEvent) => unknown>();
  /** The displays of the computer, the primary one first. */
  displays: Display[] = [displayOf({ x: 0, y: 0, width: 1920, height: 1080 })];
  /** The schemes that the app opens. */
  readonly clients: (readonly [scheme: string, args: readonly string[]])[] = [];
  clipboardText = '';
  /** The formats that were written together with the text, as Electron names them. */
  clipboardFormats: readonly string[] = [];
  handleRequest: ((request: Request) => Response | Promise<Response>) | undefined;
  readonly electron: Electron;
  #becomeReady: () => void = () => undefined;
  /** Resolves with the exit code when the code under test exits the app. */
  readonly exited: Promise<number>;

  constructor({
    isPackaged = true,
    isOnlyInstance = true,
    answer = 0,
    hasNotifications = true,
    switches = [],
  }: ElectronDoubleOptions = {}) {
    const ready = new Promise<void>((resolve) => {
      this.#becomeReady = resolve;
    });
    let onExit: (code: number) => void;
    this.exited = new Promise((resolve) => {
      onExit = resolve;
    });
    const app: Partial<App> = {
      isPackaged,
      commandLine: doubleOf<App['commandLine']>('commandLine', {
        hasSwitch: (name) => switches.includes(name),
        appendSwitch: (name) => {
          this.log.push(`appendSwitch ${name}`);
        },
      }),
      on: ((event: string, listener: (...args: unknown[]) => void) => {
        this.app.on(event, listener);
        return this.electron.app;
      }) as App['on'],
      enableSandbox: () => this.log.push('enableSandbox'),
      setPath: (name, path) => {
        this.log.push(`setPath ${name}`);
        this.paths.set(name, path);
      },
      requestSingleInstanceLock: () => {
        this.log.push('requestSingleInstanceLock');
        return isOnlyInstance;
      },
      whenReady: async () => {
        this.log.push('whenReady');
        return ready;
      },
      getVersion: () => '1.2.3',
      setAsDefaultProtocolClient: (scheme, _path, args = []) => {
        this.clients.push([scheme, args]);
        return true;
      },
      setAppUserModelId: (id) => {
        this.log.push(`setAppUserModelId ${id}`);
      },
      setBadgeCount: (count = 0) => {
        this.badgeCounts.push(count);
        return true;
      },
      quit: () => {
        this.log.push('quit');
        this.app.emit('will-quit', preventable({}));
      },
      exit: (code = 0) => {
        this.log.push(`exit ${String(code)}`);
        this.exitCodes.push(code);
        onExit(code);
      },
    };
    const createWindow = (options: BrowserWindowConstructorOptions): BrowserWindow =>
      this.#createWindow(options);
    // Not an arrow function: it is called with `new`.
    function BrowserWindowDouble(options: BrowserWindowConstructorOptions): BrowserWindow {
      return createWindow(options);
    }
    const { notifications, trays, messageBoxes } = this;
    // Not an arrow function: it is called with `new`.
    function TrayDoubleOf(image: NativeImage): Tray {
      const menus: MenuItemConstructorOptions[][] = [];
      const emitter = emitting({
        setToolTip: () => undefined,
        setContextMenu: (menu: Menu) => {
          menus.push(menu.items as unknown as MenuItemConstructorOptions[]);
        },
        destroy: () => {
          tray.isDestroyed = true;
        },
      });
      const tray: TrayDouble = {
        emitter,
        menus,
        isTemplate: image.isTemplateImage(),
        isDestroyed: false,
      };
      trays.push(tray);
      return doubleOf<Tray>('Tray', emitter as unknown as Partial<Tray>);
    }
    // Not an arrow function: it is called with `new`.
    function NotificationDouble(options: NotificationConstructorOptions): Notification {
      const calls: string[] = [];
      const emitter = emitting({
        show: () => calls.push('show'),
        close: () => calls.push('close'),
      });
      notifications.push({ options, emitter, calls });
      return doubleOf<Notification>('Notification', emitter as unknown as Partial<Notification>);
    }
    this.electron = doubleOf<Electron>('electron', {
      Notification: Object.assign(NotificationDouble, {
        isSupported: () => hasNotifications,
      }) as unknown as Electron['Notification'],
      nativeImage: doubleOf<Electron['nativeImage']>('nativeImage', {
        createFromBitmap: (pixels) => {
          let isTemplate = false;
          return doubleOf<NativeImage>('an image', {
            toBitmap: () => pixels,
            setTemplateImage: (option) => {
              isTemplate = option;
            },
            isTemplateImage: () => isTemplate,
          });
        },
      }),
      app: doubleOf<App>('app', app),
      Tray: TrayDoubleOf as unknown as Electron['Tray'],
      BrowserWindow: BrowserWindowDouble as unknown as Electron['BrowserWindow'],
      clipboard: doubleOf<Electron['clipboard']>('clipboard', {
        readText: async () => this.clipboardText,
        writeText: async (text) => {
          this.clipboardText = text;
          this.clipboardFormats = [];
        },
        write: async (items) => {
          const [item] = items as unknown as ClipboardItemDouble[];
          this.clipboardText = item?.text ?? '';
          this.clipboardFormats = item?.types ?? [];
        },
      }),
      ClipboardItem: ClipboardItemDouble as unknown as Electron['ClipboardItem'],
      dialog: doubleOf<Electron['dialog']>('dialog', {
        showErrorBox: (title, content) => {
          this.log.push('showErrorBox');
          this.errorBoxes.push({ title, content });
        },
        showMessageBox: async (...args: readonly unknown[]) => {
          messageBoxes.push(args.at(-1) as MessageBoxOptions);
          return { response: answer, checkboxChecked: false };
        },
        showMessageBoxSync: () => answer,
      }),
      screen: doubleOf<Electron['screen']>('screen', {
        getAllDisplays: () => this.displays,
        getPrimaryDisplay: () => this.displays[0]!,
        getDisplayMatching: () => this.displays[0]!,
      }),
      ipcMain: doubleOf<IpcMain>('ipcMain', {
        handle: (channel, listener) => {
          this.answers.set(channel, listener);
        },
        on: (channel, listener) => {
          this.ipcMain.on(channel, listener);
          return this.electron.ipcMain;
        },
        removeListener: (channel, listener) => {
          this.ipcMain.removeListener(channel, listener);
          return this.electron.ipcMain;
        },
      }),
      Menu: doubleOf<typeof Menu>('Menu', {
        buildFromTemplate: (template) => {
          const items = template as MenuItemConstructorOptions[];
          return doubleOf<Menu>('a menu', {
            items: items as unknown as Menu['items'],
            popup: () => {
              this.popups.push(items);
            },
          });
        },
        setApplicationMenu: (menu) => {
          this.menus.push((menu?.items ?? []) as unknown as MenuItemConstructorOptions[]);
        },
      }),
      powerMonitor: doubleOf<Electron['powerMonitor']>(
        'powerMonitor',
        emitting({ getSystemIdleTime: () => 0 }) as Partial<Electron['powerMonitor']>,
      ),
      nativeTheme: doubleOf<Electron['nativeTheme']>('nativeTheme', darkUnlessTold()),
      protocol: doubleOf<Electron['protocol']>('protocol', {
        registerSchemesAsPrivileged: (schemes) => {
          this.log.push('registerSchemesAsPrivileged');
          this.privileges.push(...schemes);
        },
        handle: (scheme, handler) => {
          this.log.push(`handle ${scheme}`);
          this.handleRequest = handler;
        },
      }),
      session: doubleOf<Electron['session']>('session', { defaultSession: this.session.session }),
      shell: doubleOf<Electron['shell']>('shell', {
        openExternal: async (url) => {
          this.opened.push(url);
        },
      }),
    });
  }

  becomeReady(): void {
    this.#becomeReady();
  }

  #createWindow(options: BrowserWindowConstructorOptions): BrowserWindow {
    const calls: string[] = [];
    const contents = createContents();
    const emitter = emitting({
      webContents: contents.contents,
      isDestroyed: () => window.isDestroyed,
      isMinimized: () => window.isMinimized,
      isMaximized: () => window.isMaximized,
      getNormalBounds: () => window.bounds,
      isFocused: () => window.isFocused,
      flashFrame: (on: boolean) => window.flashes.push(on),
      setOverlayIcon: (image: NativeImage | null, words: string) => {
        window.overlays.push([image?.toBitmap(), words]);
      },
      loadURL: async (url: string) => {
        window.loaded.push(url);
      },
      setContentProtection: (on: boolean) => window.protections.push(on),
      ...Object.fromEntries(
        ['show', 'showInactive', 'focus', 'restore', 'maximize'].map((name) => [
          name,
          () => calls.push(name),
        ]),
      ),
    });
    const window: WindowDouble = {
      options,
      contents,
      emitter,
      calls,
      loaded: [],
      flashes: [],
      protections: [],
      overlays: [],
      isFocused: false,
      isMinimized: false,
      isMaximized: false,
      bounds: pick(options),
      isDestroyed: false,
    };
    this.windows.push(window);
    this.app.emit('web-contents-created', preventable({}), contents.contents);
    return doubleOf<BrowserWindow>('BrowserWindow', emitter as unknown as Partial<BrowserWindow>);
  }
}

/** A frame as main sees it. By default the main frame of the built page. */
export const frameOf = (parts: Partial<WebFrameMain> = {}): WebFrameMain =>
  doubleOf<WebFrameMain>('WebFrameMain', {
    detached: false,
    parent: null,
    origin: 'strongroom://app',
    ...parts,
  });

/** The message with ports that a preload sends. */
export const connectEvent = (
  sender: WebContents,
  ports: readonly MessagePortMainDouble[],
  senderFrame: WebFrameMain | null = frameOf(),
): IpcMainEvent =>
  doubleOf<IpcMainEvent>('IpcMainEvent', {
    sender,
    senderFrame,
    ports: ports as unknown as MessagePortMain[],
  });
