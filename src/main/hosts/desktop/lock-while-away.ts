/** Locks when the person is away from the computer, if they chose that. */
import type { Electron } from './electron';

const LOOKS_EVERY_MS = 15_000;

export interface AwayOptions {
  /** After how many minutes without a key or a click, in whatever program; 0 for never. */
  readonly minutes: () => number;
  readonly lock: () => void;
}

/** Only after Electron is ready. Also locks when the computer goes to sleep and when its screen is locked. */
export function lockWhileAway(
  powerMonitor: Pick<Electron['powerMonitor'], 'on' | 'getSystemIdleTime'>,
  { minutes, lock }: AwayOptions,
): void {
  const lockIfChosen = (): void => {
    if (minutes() > 0) lock();
  };
  // Electron types each event by itself.
  powerMonitor.on('suspend', lockIfChosen);
  powerMonitor.on('lock-screen', lockIfChosen);
  setInterval(() => {
    if (minutes() > 0 && powerMonitor.getSystemIdleTime() >= minutes() * 60) lock();
  }, LOOKS_EVERY_MS).unref();
}
