/** The system's clipboard, through Electron. */
import type { HostClipboard } from '@core/core';
import type { Electron } from './electron';

/** A DWORD of zero. */
const NO = new Uint8Array(4);

/**
 * What a platform's clipboard histories take as a wish to leave a text out, by the name of the format.
 * - Windows: https://learn.microsoft.com/en-us/windows/win32/dataxchg/clipboard-formats#cloud-clipboard-and-clipboard-history-formats
 * - macOS: http://nspasteboard.org
 * - Linux: Klipper of KDE, and many others
 */
const marks: Partial<
  Record<NodeJS.Platform, Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>>
> = {
  win32: {
    ExcludeClipboardContentFromMonitorProcessing: NO,
    CanIncludeInClipboardHistory: NO,
    CanUploadToCloudClipboard: NO,
  },
  darwin: { 'org.nspasteboard.ConcealedType': 'concealed' },
  linux: { 'x-kde-passwordManagerHint': 'secret' },
};

/** A format of the platform as Electron names it, see https://www.electronjs.org/docs/latest/api/clipboard. */
const osFormat = (name: string): string => `electron application/osclipboard;format="${name}"`;

export function desktopClipboard(electron: Electron, platform: NodeJS.Platform): HostClipboard {
  const { clipboard } = electron;
  const formats = Object.entries(marks[platform] ?? {});
  return {
    readText: () => clipboard.readText(),
    writeText: (text) => clipboard.writeText(text),
    writeSecret: async (text) => {
      // Electron before 45 writes either a text or one other format.
      if (formats.length === 0 || !('ClipboardItem' in electron)) {
        await clipboard.writeText(text);
        return { isConcealed: false };
      }
      const item = new electron.ClipboardItem({
        'text/plain': text,
        ...Object.fromEntries(
          formats.map(([name, content]) => [osFormat(name), new Blob([content])]),
        ),
      });
      // At once, so that no history sees the text without its marks.
      await clipboard.write([item]);
      return { isConcealed: true };
    },
  };
}
