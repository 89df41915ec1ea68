/** The windows of the app. They share one core, and each has its own page. */
import { addressOf, parseAddress } from '@shared/model/place';
import type { BrowserWindow, WebContents } from 'electron';
import type { Electron } from './electron';
import { openWindow, type WindowOptions } from './window';
import { reachable, WINDOW_DEFAULT, type Placement, type WindowMemory } from './window-state';

export interface WindowsOptions extends Omit<WindowOptions, 'placement'> {
  readonly memory: WindowMemory;
  /** Whether windows are left out of screenshots now. */
  readonly protectsContent: () => boolean;
}

/** Pixels between a window and the next one that is opened from it. */
const STEP = 28;

export class AppWindows {
  /** The one that had the focus last comes last. */
  #open: readonly BrowserWindow[] = [];

  constructor(
    private readonly electron: Pick<
      Electron,
      'app' | 'BrowserWindow' | 'dialog' | 'Menu' | 'nativeTheme' | 'screen'
    >,
    private readonly options: WindowsOptions,
  ) {}

  get all(): readonly BrowserWindow[] {
    return this.#open.filter((window) => !window.isDestroyed());
  }

  /** The one that had the focus last, or `undefined` while there is none. */
  get current(): BrowserWindow | undefined {
    return this.all.at(-1);
  }

  owns(contents: WebContents): boolean {
    return this.all.some(({ webContents }) => webContents === contents);
  }

  /** Opens a window. `from`: the address of the page to show; anything that names no page is left out. */
  open(from = ''): BrowserWindow {
    const { url, memory, protectsContent } = this.options;
    const place = parseAddress(from.slice(from.indexOf('#')));
    const window = openWindow(this.electron, {
      ...this.options,
      url: place === undefined ? url : `${url}${addressOf(place)}`,
      placement: this.#placement(),
    });
    this.#open = [...this.#open, window];
    window.setContentProtection(protectsContent());
    window.on('focus', () => {
      this.#open = [...this.#open.filter((one) => one !== window), window];
    });
    window.on('closed', () => {
      this.#open = this.#open.filter((one) => one !== window);
    });
    memory.follow(window);
    return window;
  }

  #placement(): Placement {
    const { current } = this;
    if (current === undefined) return this.options.memory.placement();
    const { screen } = this.electron;
    const { x, y, width, height } = { ...WINDOW_DEFAULT, ...current.getNormalBounds() };
    const next = { x: x + STEP, y: y + STEP, width, height };
    return {
      bounds: reachable(next, [screen.getDisplayMatching(next), ...screen.getAllDisplays()]),
      isMaximized: false,
    };
  }
}
