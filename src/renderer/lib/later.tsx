/** Code that is loaded after the first screen: when it is needed, or in idle time before that. */
import { useEffect, useSyncExternalStore, type ComponentType } from 'react';

interface Later<Code> {
  /** Resolves when it is loaded, or cannot be. */
  load(this: void): Promise<void>;
  /** Loads it if necessary. `undefined` until it is loaded, `'failed'` if it cannot be. */
  use(this: void): Code | 'failed' | undefined;
}

/** In the order in which they are loaded in idle time. */
const all = new Set<() => Promise<void>>();

export function later<Code extends object>(load: () => Promise<Code>): Later<Code> {
  let code: Code | 'failed' | undefined;
  let loading: Promise<void> | undefined;
  const listeners = new Set<() => void>();
  const settle = (settled: Code | 'failed'): void => {
    code = settled;
    for (const listener of listeners) listener();
  };
  const begin = (): Promise<void> => {
    loading ??= load().then(settle, () => settle('failed'));
    return loading;
  };
  all.add(begin);
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    load: begin,
    use: () => {
      useEffect(() => void begin(), []);
      return useSyncExternalStore(subscribe, () => code);
    },
  };
}

export type LaterComponent<Props extends object> = ComponentType<Props> & {
  /** Resolves when it is loaded, or cannot be. */
  load(this: void): Promise<void>;
};

/**
 * A component that is loaded later, and draws nothing until then. Unlike `React.lazy`, it draws at once if its code
 * is there: a boundary of `Suspense` would first show its fallback, for up to 300 ms.
 */
export function laterComponent<Props extends object>(
  loadIt: () => Promise<ComponentType<Props>>,
): LaterComponent<Props> {
  const { use, load } = later(async () => ({ Component: await loadIt() }));
  return Object.assign(Loaded, { load });
  function Loaded(props: Props) {
    const code = use();
    if (code === undefined) return null;
    if (code === 'failed') return <NotLoaded />;
    const { Component } = code;
    return <Component {...props} />;
  }
}

const NotLoaded = () => (
  <p role="alert" className="p-5 text-bad">
    Strongroom cannot load this part of its window. A file of the program may be missing. Start
    Strongroom again; if that does not help, install it again.
  </p>
);

const idle = (): Promise<void> =>
  new Promise((resolve) => {
    requestIdleCallback(() => resolve());
  });

/** Loads everything, one part at a time, while the window has nothing else to do. */
export async function loadTheRest(): Promise<void> {
  // The set grows meanwhile: what is loaded may have parts that are loaded later still.
  for (const load of all) {
    // oxlint-disable-next-line no-await-in-loop -- one part at a time
    await idle();
    // oxlint-disable-next-line no-await-in-loop
    await load();
  }
}
