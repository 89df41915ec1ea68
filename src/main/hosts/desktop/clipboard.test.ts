import { expect, test } from 'vitest';
import { ElectronDouble, doubleOf } from '@test/support/electron-double';
import { desktopClipboard } from './clipboard';
import type { Electron } from './electron';

const osFormat = (name: string): string => `electron application/osclipboard;format="${name}"`;

test.each([
  [
    'win32',
    [
      'ExcludeClipboardContentFromMonitorProcessing',
      'CanIncludeInClipboardHistory',
      'CanUploadToCloudClipboard',
    ],
  ],
  ['darwin', ['org.nspasteboard.ConcealedType']],
  ['linux', ['x-kde-passwordManagerHint']],
] as const)(
  'on %s a secret is written in one go with what histories heed',
  async (platform, names) => {
    const double = new ElectronDouble();
    const clipboard = desktopClipboard(double.electron, platform);
    expect(await clipboard.writeSecret('sk-live')).toEqual({ isConcealed: true });
    expect(double.clipboardText).toBe('sk-live');
    expect(double.clipboardFormats).toEqual(['text/plain', ...names.map(osFormat)]);
    // What is no secret has no marks.
    await clipboard.writeText('a report');
    expect([double.clipboardText, double.clipboardFormats]).toEqual(['a report', []]);
  },
);

test.each<[string, NodeJS.Platform, (electron: Electron) => Electron]>([
  ['a platform without such marks', 'freebsd', (electron) => electron],
  [
    'an Electron that cannot write them',
    'win32',
    (electron) => {
      const older = doubleOf<Electron>('electron', { clipboard: electron.clipboard });
      return new Proxy(older, { has: (_target, name) => name !== 'ClipboardItem' });
    },
  ],
])('on %s the text is written alone, and it says so', async (_name, platform, change) => {
  const double = new ElectronDouble();
  const clipboard = desktopClipboard(change(double.electron), platform);
  expect(await clipboard.writeSecret('sk-live')).toEqual({ isConcealed: false });
  expect([double.clipboardText, double.clipboardFormats]).toEqual(['sk-live', []]);
});
