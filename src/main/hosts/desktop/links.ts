/** Links of other programs, on their way to a page. The page reads them: `parseLink` of `@shared/model/place`. */
import { LINK_CHANNEL } from '@shared/bridge';
import { LINK_MAX, LINK_SCHEME } from '@shared/model/place';
import type { BrowserWindow, WebContents } from 'electron';
import type { Electron } from './electron';

/** The link among the arguments of a start. Systems start the program of a scheme with the link as an argument. */
export const linkIn = (argv: readonly string[]): string | undefined =>
  argv.slice(1).find((argument) => argument.startsWith(`${LINK_SCHEME}:`));

/**
 * Makes the app the program for links. On Linux the package does it, by its desktop file. `--` keeps a link on Windows
 * from adding a switch to the command.
 */
export function registerForLinks({ app }: Pick<Electron, 'app'>, platform: NodeJS.Platform): void {
  // Without a package this would register the bare runtime.
  if (!app.isPackaged || platform === 'linux') return;
  if (platform === 'win32') app.setAsDefaultProtocolClient(LINK_SCHEME, process.execPath, ['--']);
  else app.setAsDefaultProtocolClient(LINK_SCHEME);
}

/** Returns how to give a link to the page of a window, which asks for it as soon as it can. The newest counts. */
export function passLinks(
  { ipcMain }: Pick<Electron, 'ipcMain'>,
  owns: (contents: WebContents) => boolean,
): (window: BrowserWindow, link: string) => void {
  const waiting = new WeakMap<WebContents, string>();
  ipcMain.handle(LINK_CHANNEL, ({ sender, senderFrame }) => {
    if (!owns(sender) || senderFrame === null || senderFrame.parent !== null) return undefined;
    const link = waiting.get(sender);
    waiting.delete(sender);
    return link;
  });
  return ({ webContents }, link) => {
    // One character more than the page accepts: it says that the link is damaged.
    waiting.set(webContents, link.slice(0, LINK_MAX + 1));
    webContents.send(LINK_CHANNEL);
  };
}
