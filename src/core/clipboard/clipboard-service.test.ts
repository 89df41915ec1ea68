import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemRuntime } from '@core/runtime';
import { ClipboardService, type HostClipboard } from './clipboard-service';

let held = '';
const host: HostClipboard = {
  readText: async () => held,
  writeText: async (text) => {
    held = text;
  },
  writeSecret: async (text) => {
    held = text;
    return { isConcealed: true };
  },
};

beforeEach(() => {
  held = '';
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('with a clipboard of the host', () => {
  it('empties it after a while', async () => {
    const offered = await new ClipboardService(host, systemRuntime, () => 10).offer('a value');
    expect(offered).toMatchObject({ by: 'host', isConcealed: true });
    expect(held).toBe('a value');
    await vi.advanceTimersByTimeAsync(offered.clearsAfterMs);
    expect(held).toBe('');
  });

  it('leaves alone what somebody copied since', async () => {
    const { clearsAfterMs } = await new ClipboardService(host, systemRuntime, () => 10).offer(
      'a value',
    );
    held = 'a shopping list';
    await vi.advanceTimersByTimeAsync(clearsAfterMs);
    expect(held).toBe('a shopping list');
  });

  it('empties it at once when the app quits', async () => {
    const clipboard = new ClipboardService(host, systemRuntime, () => 10);
    await clipboard.offer('a value');
    await clipboard.close();
    expect(held).toBe('');
  });

  it('keeps a text that is no secret', async () => {
    const clipboard = new ClipboardService(host, systemRuntime, () => 10);
    expect(await clipboard.write('a report')).toBe(true);
    await clipboard.close();
    expect(held).toBe('a report');
  });
});

describe('without one', () => {
  it('hands a value back, and says that it cannot write a text', async () => {
    const clipboard = new ClipboardService(undefined, systemRuntime, () => 10);
    expect(await clipboard.offer('a value')).toMatchObject({ by: 'window', value: 'a value' });
    expect(await clipboard.write('a report')).toBe(false);
    await clipboard.close();
  });
});
