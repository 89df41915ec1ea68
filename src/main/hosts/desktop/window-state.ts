/**
 * Where the window was, for each arrangement of displays: a computer that is taken from its desk and put back shows the
 * window where it was. Electron's own memory of windows is experimental, and knows one place for all displays.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { PRIVATE_FILE } from '@core/storage/files';
import type { BrowserWindow, Display, Rectangle } from 'electron';
import { z } from 'zod';

/** In pixels that do not depend on the display's scale, as Electron's bounds are. */
export const WINDOW_DEFAULT = { width: 1180, height: 780 } as const;
export const WINDOW_MIN = { width: 720, height: 480 } as const;

const pixels = z.number().int().min(-100_000).max(100_000);
const stateSchema = z.object({
  /** `Display.bounds` of all displays, as one text. */
  displays: z.string().max(1000),
  x: pixels,
  y: pixels,
  width: pixels.positive(),
  height: pixels.positive(),
  isMaximized: z.boolean(),
});
type State = z.infer<typeof stateSchema>;

/** Arrangements that are remembered, the last one first. */
const KEPT = 10;
const fileSchema = z.object({ states: z.array(stateSchema).max(KEPT) });

export interface Placement {
  readonly bounds: Rectangle | typeof WINDOW_DEFAULT;
  readonly isMaximized: boolean;
}

type Displays = readonly Pick<Display, 'bounds' | 'workArea'>[];

const arrangementOf = (displays: Displays): string =>
  displays
    .map(({ bounds: { x, y, width, height } }) => [x, y, width, height].join(','))
    .toSorted()
    .join(' ');

/** As much of the title bar as a pointer needs to drag the window. */
const GRIP = { width: 120, height: 24 } as const;

/** Whether a person can reach the title bar. */
const isReachable = ({ x, y, width }: Rectangle, displays: Displays): boolean =>
  displays.some(({ workArea: area }) => {
    const across = Math.min(x + width, area.x + area.width) - Math.max(x, area.x);
    return across >= GRIP.width && y >= area.y && y + GRIP.height <= area.y + area.height;
  });

/** The bounds, no larger than the display below them; in the middle of the first display if nobody could reach them. */
export function reachable(bounds: Rectangle, displays: Displays): Rectangle {
  const area = (displays.find((one) => isReachable(bounds, [one])) ?? displays[0])?.workArea;
  if (area === undefined) return bounds;
  const width = Math.min(bounds.width, area.width);
  const height = Math.min(bounds.height, area.height);
  const shown = { x: bounds.x, y: bounds.y, width, height };
  if (isReachable(shown, displays)) return shown;
  return {
    ...shown,
    x: Math.round(area.x + (area.width - width) / 2),
    y: Math.round(area.y + (area.height - height) / 2),
  };
}

/** Milliseconds after the last movement. */
const WRITES_AFTER_MS = 500;

/** The memory in one file. A file that is damaged or cannot be written costs only the place of the window. */
export class WindowMemory {
  #states: readonly State[];

  /** `displays`: those of now, the primary one first. Asked each time, since they come and go. */
  constructor(
    private readonly path: string,
    private readonly displays: () => Displays,
  ) {
    this.#states = read(path);
  }

  /** Where to show the first window. */
  placement(): Placement {
    const displays = this.displays();
    const here = arrangementOf(displays);
    const state = this.#states.find((one) => one.displays === here) ?? this.#states[0];
    if (state === undefined) return { bounds: WINDOW_DEFAULT, isMaximized: false };
    const { x, y, width, height, isMaximized } = state;
    return { bounds: reachable({ x, y, width, height }, displays), isMaximized };
  }

  /** Remembers where the window is, from now on. */
  follow(window: BrowserWindow): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const note = (): void => {
      clearTimeout(timer);
      if (window.isDestroyed() || window.isMinimized()) return;
      this.#keep({
        displays: arrangementOf(this.displays()),
        // Those to which a maximized window goes back.
        ...window.getNormalBounds(),
        isMaximized: window.isMaximized(),
      });
    };
    const later = (): void => {
      clearTimeout(timer);
      timer = setTimeout(note, WRITES_AFTER_MS);
      timer.unref();
    };
    // Electron types each event by itself.
    window.on('resize', later);
    window.on('move', later);
    window.on('maximize', later);
    window.on('unmaximize', later);
    window.on('close', note);
  }

  #keep(state: State): void {
    const others = this.#states.filter(({ displays }) => displays !== state.displays);
    this.#states = [state, ...others].slice(0, KEPT);
    try {
      const text = JSON.stringify({ states: this.#states });
      // At once, because the app may be about to end.
      writeFileSync(`${this.path}.new`, text, { mode: PRIVATE_FILE });
      renameSync(`${this.path}.new`, this.path);
    } catch {
      // Then the next start shows the window where it was before.
    }
  }
}

function read(path: string): readonly State[] {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(path, 'utf8'))).states;
  } catch {
    return [];
  }
}
