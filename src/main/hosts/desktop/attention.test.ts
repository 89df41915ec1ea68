import { describe, expect, it } from 'vitest';
import type { PendingApproval } from '@shared/model/approval';
import { ElectronDouble, type ElectronDoubleOptions } from '@test/support/electron-double';
import { createAttention } from './attention';
import { openWindow } from './window';
import { WINDOW_DEFAULT } from './window-state';

const waiting = (id: string, name = 'agent'): PendingApproval => ({
  id,
  since: 0,
  until: 60_000,
  grant: { id: 'g', name: 'stripe' },
  caller: { kind: 'mcp', name, pid: 7 },
  reason: 'mark-reason',
  method: 'GET',
  host: 'api.stripe.com',
  path: '/mark-path',
});

function started(platform: NodeJS.Platform = 'linux', options: ElectronDoubleOptions = {}) {
  const double = new ElectronDouble(options);
  const window = openWindow(double.electron, {
    preload: '/app/preload/index.cjs',
    url: 'strongroom://app/',
    developerTools: false,
    placement: { bounds: WINDOW_DEFAULT, isMaximized: false },
    report: () => undefined,
  });
  const lines: string[] = [];
  let focused = 0;
  const attention = createAttention({
    electron: double.electron,
    platform,
    window: () => window,
    focusRequest: () => (focused += 1),
    report: (line) => lines.push(line),
  });
  return { ...attention, double, drawn: double.windows[0]!, lines, focused: () => focused };
}

describe('a request that waits', () => {
  it.each(['linux', 'darwin'] as const)('is counted on the icon of %s', (platform) => {
    const { pending, double } = started(platform);
    pending([waiting('a')]);
    pending([waiting('a'), waiting('b')]);
    pending([]);
    expect(double.badgeCounts).toEqual([1, 2, 0]);
  });

  it('marks the icon in the taskbar of Windows, and flashes it', () => {
    const { pending, double, drawn } = started('win32');
    pending([waiting('a')]);
    pending([]);
    expect(double.badgeCounts).toEqual([]);
    expect(drawn.overlays.map(([image, words]) => [image?.length, words])).toEqual([
      [16 * 16 * 4, 'One request waits.'],
      [undefined, ''],
    ]);
    expect(drawn.flashes).toEqual([true, false]);
  });

  it('never bounces the icon of a Mac', () => {
    const { pending, drawn } = started('darwin');
    pending([waiting('a')]);
    expect(drawn.flashes).toEqual([]);
  });

  it('is told in a notification without path and reason, which leads to the banner', () => {
    const { pending, double, drawn, focused } = started();
    pending([waiting('a')]);
    expect(double.notifications).toMatchObject([
      {
        options: {
          title: 'A request waits for you',
          body: 'agent wants to send a request to api.stripe.com with the grant stripe.',
        },
        calls: ['show'],
      },
    ]);
    expect(JSON.stringify(double.notifications[0]?.options)).not.toContain('mark-');
    double.notifications[0]?.emitter.emit('click');
    expect(drawn.calls).toEqual(['show', 'focus']);
    expect(focused()).toBe(1);
  });

  it('replaces the notification of the one before, and takes the last one away', () => {
    const { pending, double } = started();
    pending([waiting('a')]);
    pending([waiting('a'), waiting('b')]);
    // One that is answered is no news.
    pending([waiting('b')]);
    expect(double.notifications.map(({ options, calls }) => [options.body, calls])).toEqual([
      [expect.stringContaining('agent'), ['show', 'close']],
      ['2 requests wait.', ['show']],
    ]);
    pending([]);
    expect(double.notifications[1]?.calls).toEqual(['show', 'close']);
  });

  it('needs no notification in a window that somebody looks at', () => {
    const { pending, double, drawn } = started();
    drawn.isFocused = true;
    pending([waiting('a')]);
    expect(double.notifications).toEqual([]);
    expect(double.badgeCounts).toEqual([1]);
    expect(drawn.flashes).toEqual([false]);
  });

  it('brings the window forward where there are no notifications, without the focus', () => {
    const { pending, double, drawn } = started('linux', { hasNotifications: false });
    pending([waiting('a')]);
    expect(double.notifications).toEqual([]);
    expect(drawn.calls).toEqual(['showInactive']);
  });

  it('still waits when the desktop refuses to show anything', () => {
    const { pending, double, lines } = started();
    double.electron.app.setBadgeCount = () => {
      throw new Error('no launcher');
    };
    pending([waiting('a')]);
    expect(lines).toEqual([expect.stringContaining('A waiting request could not be announced.')]);
  });

  it('is no matter of a window that is gone', () => {
    const { pending, double, drawn, lines } = started('win32');
    drawn.isDestroyed = true;
    pending([waiting('a')]);
    pending([]);
    expect(double.notifications).toHaveLength(1);
    expect(lines).toEqual([]);
  });
});
