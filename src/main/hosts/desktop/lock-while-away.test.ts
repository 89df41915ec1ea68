import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { lockWhileAway } from './lock-while-away';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function started(minutes: number) {
  let idle = 0;
  const lock = vi.fn<() => void>();
  const monitor = Object.assign(new EventEmitter(), { getSystemIdleTime: () => idle });
  lockWhileAway(monitor as unknown as Parameters<typeof lockWhileAway>[0], {
    minutes: () => minutes,
    lock,
  });
  return {
    lock,
    monitor,
    /** Nobody has touched the computer for this long. */
    away: (seconds: number) => {
      idle = seconds;
      vi.advanceTimersByTime(15_000);
    },
  };
}

it('locks once nobody has used the computer for as long as was chosen', () => {
  const { lock, away } = started(5);
  away(299);
  expect(lock).not.toHaveBeenCalled();
  away(300);
  expect(lock).toHaveBeenCalledTimes(1);
});

it.each(['suspend', 'lock-screen'])('locks at %s', (event) => {
  const { lock, monitor } = started(60);
  monitor.emit(event);
  expect(lock).toHaveBeenCalledTimes(1);
});

it('does nothing by itself unless somebody chose it', () => {
  const { lock, monitor, away } = started(0);
  away(1_000_000);
  monitor.emit('suspend');
  monitor.emit('lock-screen');
  expect(lock).not.toHaveBeenCalled();
});
