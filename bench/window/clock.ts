/** Measures in the page, from a person's input to the frame that shows its effect. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
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
  readonly work: Work;
}

/** Processor time, ms. */
export interface Work {
  readonly total: number;
  readonly script: number;
  readonly style: number;
  readonly layout: number;
}

const sessions = new WeakMap<Page, Promise<CDPSession>>();

async function openSession(page: Page): Promise<CDPSession> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  return session;
}

async function sessionOf(page: Page): Promise<CDPSession> {
  const opening = sessions.get(page) ?? openSession(page);
  sessions.set(page, opening);
  return opening;
}

/** What the page's main thread has done so far. */
async function workOf(page: Page): Promise<Work> {
  const session = await sessionOf(page);
  const { metrics } = await session.send('Performance.getMetrics');
  const ms = (wanted: string): number =>
    (metrics.find(({ name }) => name === wanted)?.value ?? 0) * 1000;
  return {
    total: ms('TaskDuration'),
    script: ms('ScriptDuration'),
    style: ms('RecalcStyleDuration'),
    layout: ms('LayoutDuration'),
  };
}

const share = (before: Work, after: Work, count: number): Work => ({
  total: (after.total - before.total) / count,
  script: (after.script - before.script) / count,
  style: (after.style - before.style) / count,
  layout: (after.layout - before.layout) / count,
});

const profiles = process.env['PROFILE'];

/** Runs `work`, and writes its processor profile if `PROFILE` names a folder. */
export async function profiled(page: Page, name: string, work: () => Promise<void>): Promise<void> {
  if (profiles === undefined) return work();
  const session = await sessionOf(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: 200 });
  await session.send('Profiler.start');
  await work();
  const { profile } = await session.send('Profiler.stop');
  const file = join(profiles, `${name.replaceAll(/[^A-Za-z0-9]+/g, '-')}.cpuprofile`);
  await writeFile(file, JSON.stringify(profile));
}

const at = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

/** Presses keys at a steady pace, and measures how soon each is on the screen. */
export async function pressed(
  page: Page,
  name: string,
  keys: readonly string[],
  everyMs = 60,
): Promise<Typed> {
  await page.evaluate(() => {
    window.benchClock.latencies = [];
    window.benchClock.longTasks = [];
  });
  const before = await workOf(page);
  await profiled(page, name, async () => {
    for (const key of keys) {
      await page.keyboard.press(key);
      await page.waitForTimeout(everyMs);
    }
    await page.waitForFunction((count) => window.benchClock.latencies.length >= count, keys.length);
  });
  const { latencies, longTasks } = await page.evaluate(() => ({
    latencies: window.benchClock.latencies,
    longTasks: window.benchClock.longTasks,
  }));
  const work = share(before, await workOf(page), keys.length);
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
