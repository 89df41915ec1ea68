/** What no page in this app may do: navigate away, open windows, use devices, download from other places. */
import type { Session, WebContents } from 'electron';
import type { Electron } from './electron';
import { openExternalLink } from './external-links';
import { originOf, type Report } from '../report';
import { APP_ORIGIN } from './scheme';

/** A page may reload itself; anything else is navigation. */
const isSamePage = (address: string, pageUrl: string): boolean =>
  address.split('#', 1)[0] === pageUrl;

/**
 * For all contents that are ever created: ours, and any that should not exist. A page that opens its own address asks
 * for another window of the app, which main opens.
 */
export function confineContents(
  electron: Pick<Electron, 'shell'>,
  contents: WebContents,
  pageUrl: string,
  openAnother: (address: string) => void,
  report: Report,
): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (isSamePage(url, pageUrl)) openAnother(url);
    else openExternalLink(electron, url, report);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    if (isSamePage(event.url, pageUrl)) return;
    event.preventDefault();
    report(`Refused to navigate to ${originOf(event.url)}.`);
  });
  contents.on('will-frame-navigate', (event) => {
    if (event.isMainFrame) return;
    event.preventDefault();
    report(`Refused to navigate a frame to ${originOf(event.url)}.`);
  });
  contents.on('will-redirect', (event) => {
    event.preventDefault();
    report(`Refused a redirect to ${originOf(event.url)}.`);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
    report('Refused to attach a webview.');
  });
}

/** The page talks only to main, over its port; only a dev server needs the network. */
const networkUrls = ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'file:///*'];

/** An export, which the page made in memory. Electron asks the person where to save it. */
const isMadeHere = (address: string): boolean => address.startsWith(`blob:${APP_ORIGIN}/`);

export function confineSession(session: Session, options: { readonly network: boolean }): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => {
    callback(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event, item) => {
    if (!isMadeHere(item.getURL())) event.preventDefault();
  });
  if (!options.network) {
    session.webRequest.onBeforeRequest({ urls: networkUrls }, (_details, callback) => {
      callback({ cancel: true });
    });
  }
}
