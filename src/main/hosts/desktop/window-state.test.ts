import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { displayOf, ElectronDouble } from '@test/support/electron-double';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { reachable, WINDOW_DEFAULT, WindowMemory } from './window-state';

const laptop = displayOf({ x: 0, y: 0, width: 1440, height: 900 });
const desk = displayOf({ x: 1440, y: -200, width: 2560, height: 1440 });

let path: string;
beforeEach(() => {
  path = join(temporaryDirectory(), 'place.json');
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function followed(displays: () => readonly (typeof laptop)[]) {
  const memory = new WindowMemory(path, displays);
  const double = new ElectronDouble();
  const window = new double.electron.BrowserWindow({ ...WINDOW_DEFAULT });
  memory.follow(window);
  return { memory, drawn: double.windows[0]! };
}

describe('the place of the window', () => {
  it('is the default at the first start', () => {
    expect(new WindowMemory(path, () => [laptop]).placement()).toEqual({
      bounds: WINDOW_DEFAULT,
      isMaximized: false,
    });
  });

  it('is kept a moment after a movement, and when the window closes', () => {
    const { drawn } = followed(() => [laptop]);
    drawn.bounds = { x: 40, y: 50, width: 900, height: 700 };
    drawn.emitter.emit('move');
    drawn.emitter.emit('move');
    expect(() => readFileSync(path)).toThrow('ENOENT');
    vi.advanceTimersByTime(500);
    const next = (): unknown => new WindowMemory(path, () => [laptop]).placement();
    expect(next()).toEqual({ bounds: drawn.bounds, isMaximized: false });
    drawn.isMaximized = true;
    drawn.emitter.emit('close');
    expect(next()).toEqual({ bounds: drawn.bounds, isMaximized: true });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is not that of a minimized window', () => {
    const { drawn } = followed(() => [laptop]);
    drawn.isMinimized = true;
    drawn.emitter.emit('close');
    expect(() => readFileSync(path)).toThrow('ENOENT');
  });

  it('is another one for other displays', () => {
    let displays = [laptop, desk];
    const { memory, drawn } = followed(() => displays);
    const atDesk = { x: 2000, y: 0, width: 1800, height: 1100 };
    drawn.bounds = atDesk;
    drawn.emitter.emit('close');
    displays = [laptop];
    // Nobody could reach it there.
    expect(memory.placement().bounds).toEqual({ x: 0, y: 0, width: 1440, height: 900 });
    const onLap = { x: 100, y: 80, width: 1000, height: 700 };
    drawn.bounds = onLap;
    drawn.emitter.emit('close');
    expect(memory.placement().bounds).toEqual(onLap);
    // The order in which a system lists its displays means nothing.
    displays = [desk, laptop];
    expect(memory.placement().bounds).toEqual(atDesk);
  });

  it.each(['', '{', '{"states":[{"x":1}]}', '{"states":[{"displays":"","x":1e9}]}'])(
    'is the default if the file is damaged: %j',
    (text) => {
      writeFileSync(path, text);
      expect(new WindowMemory(path, () => [laptop]).placement().bounds).toEqual(WINDOW_DEFAULT);
    },
  );
});

describe('a window that nobody could reach', () => {
  it.each([
    ['below', { x: 100, y: 2000, width: 1000, height: 700 }],
    ['above, with its title bar', { x: 100, y: -40, width: 1000, height: 700 }],
    ['almost to the right', { x: 1400, y: 100, width: 1000, height: 700 }],
  ])('comes back to the middle: %s', (_where, bounds) => {
    expect(reachable(bounds, [laptop])).toEqual({ x: 220, y: 100, width: 1000, height: 700 });
  });

  it('can always be dragged afterwards, and is no larger than its display', () => {
    const pixels = fc.integer({ min: -5000, max: 5000 });
    const bounds = fc.record({
      x: pixels,
      y: pixels,
      width: fc.integer({ min: 720, max: 6000 }),
      height: fc.integer({ min: 480, max: 4000 }),
    });
    fc.assert(
      fc.property(bounds, (wanted) => {
        const shown = reachable(wanted, [laptop, desk]);
        expect(reachable(shown, [laptop, desk])).toEqual(shown);
        expect(shown.width).toBeLessThanOrEqual(2560);
        expect(shown.height).toBeLessThanOrEqual(1440);
      }),
    );
  });
});
