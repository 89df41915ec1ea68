/** Measures in the page, from a person's input to the frame that shows its effect. */
import type { CDPSession, Page } from '@playwright/test';

interface PageClock {
  /** From each input event to the end of the next frame, ms. */
  latencies: number[];
  /** Between frames, ms. */
  frames: number[];
  longTasks: number[];
  isWatchingFrames: boolean;
  /** Resolves with the ms from the next input until `isDone`, judged after each frame. */
  until(isDone: () => boolean): Promise<number>;
}

declare global {
  interface Window {
    benchClock: PageClock;
  }
}

/** Goes into every page before its own scripts. */
function install(): void {
  const clock: PageClock = {
    latencies: [],
    frames: [],
    longTasks: [],
    isWatchingFrames: false,
    until: (isDone) =>
      new Promise((resolve) => {
        const begin = (event: Event): void => {
          for (const type of ['keydown', 'pointerdown']) {
            window.removeEventListener(type, begin, true);
          }
          const look = (): void => {
            if (isDone()) afterFrame(() => resolve(performance.now() - event.timeStamp));
            else requestAnimationFrame(look);
          };
          requestAnimationFrame(look);
        };
        for (const type of ['keydown', 'pointerdown']) window.addEventListener(type, begin, true);
      }),
  };
  // The message arrives after the frame that was requested before it.
  const afterFrame = (done: () => void): void => {
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', done, { once: true });
      port1.start();
      port2.postMessage(undefined);
    });
  };
  window.benchClock = clock;
  window.addEventListener(
    'keydown',
    ({ timeStamp }) => afterFrame(() => clock.latencies.push(performance.now() - timeStamp)),
    true,
  );
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) clock.longTasks.push(duration);
  }).observe({ type: 'longtask' });
  let last = 0;
  const frame = (now: number): void => {
    if (clock.isWatchingFrames && last !== 0) clock.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

export async function installClock(page: Page): Promise<void> {
  await page.addInitScript(install);
}

export interface Typed {
  /** ms from key to paint. */
  readonly median: number;
  readonly p95: number;
  readonly worst: number;
  /** The longest task that blocked the window; 0 if none took 50 ms. */
  readonly longest: number;
  /** Processor time of the page's main thread per key, ms: the same on a busy computer. */
  readonly work: number;
}

const sessions = new WeakMap<Page, Promise<CDPSession>>();

async function openSession(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}

/** Processor time of the page's main thread so far, ms. */
async function processorTime(page: Page): Promise<number> {
  const opening = sessions.get(page) ?? openSession(page);
  sessions.set(page, opening);
  const { metrics } = await (await opening).send('Performance.getMetrics');
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
}

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** Presses keys at a steady pace, and measures how soon each is on the screen. */
export async function pressed(page: Page, keys: readonly string[], everyMs = 60): Promise<Typed> {
  await page.evaluate(() => {
    window.benchClock.latencies = [];
    window.benchClock.longTasks = [];
  });
  const before = await processorTime(page);
  for (const key of keys) {
    await page.keyboard.press(key);
    await page.waitForTimeout(everyMs);
  }
  await page.waitForFunction((count) => window.benchClock.latencies.length >= count, keys.length);
  const { latencies, longTasks } = await page.evaluate(() => ({
    latencies: window.benchClock.latencies,
    longTasks: window.benchClock.longTasks,
  }));
  const work = ((await processorTime(page)) - before) / keys.length;
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    median: at(sorted, 0.5),
    p95: at(sorted, 0.95),
    worst: at(sorted, 1),
    longest: Math.max(0, ...longTasks),
    work,
  };
}

export interface Scrolled {
  readonly frames: number;
  /** Frames that were missing for 60 Hz. */
  readonly dropped: number;
  readonly worst: number;
}

/** Turns the wheel at the place of the pointer. */
export async function scrolled(page: Page, turns: number, px: number): Promise<Scrolled> {
  await page.evaluate(() => {
    window.benchClock.frames = [];
    window.benchClock.isWatchingFrames = true;
  });
  for (let turn = 0; turn < turns; turn += 1) await page.mouse.wheel(0, px);
  const frames = await page.evaluate(() => {
    window.benchClock.isWatchingFrames = false;
    return window.benchClock.frames;
  });
  const FRAME = 1000 / 60;
  return {
    frames: frames.length,
    dropped: frames.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / FRAME) - 1), 0),
    worst: Math.max(0, ...frames),
  };
}

/** From the input that `act` makes until `isDone`, ms. */
export async function seen(
  page: Page,
  act: () => Promise<void>,
  isDone: () => boolean,
): Promise<number> {
  // Started before the input: the page waits for it.
  const done = page.evaluateHandle(`window.benchClock.until(${isDone.toString()})`);
  await page.evaluate(() => undefined);
  await act();
  return (await (await done).jsonValue()) as number;
}
