/** The only place that opens an address in the browser of the system. */
import { grantTemplates } from '@shared/model/grant-templates';
import type { Electron } from './electron';
import { originOf, type Report } from '../report';

/** The documentation that the app links to. Nothing else is opened, whatever the page requests. */
const allowedHosts: ReadonlySet<string> = new Set([
  'console.aws.amazon.com',
  'developer.hashicorp.com',
  'docs.aws.amazon.com',
  'openbao.org',
  ...grantTemplates.map(({ docs }) => new URL(docs).hostname),
]);

const isAllowed = (address: string): boolean => {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port, username, password } = new URL(address);
  const isPlain = port === '' && username === '' && password === '';
  return protocol === 'https:' && isPlain && allowedHosts.has(hostname);
};

/** The page of a sign-in: on the web, or of a server on this computer. */
const isForSignIn = (address: string): boolean => {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.has(hostname));
};

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Opens the page of a sign-in that a person started. The core asks for it, and never the page of the app. */
export function openSignInPage(
  { shell }: Pick<Electron, 'shell'>,
  address: string,
  report: Report,
): void {
  if (!isForSignIn(address)) {
    report(`Refused to open ${originOf(address)} for a sign-in.`);
    return;
  }
  shell.openExternal(address).catch(() => {
    report(`The system could not open ${originOf(address)}.`);
  });
}

/** Opens an allowed address outside the app; refuses and reports any other. */
export function openExternalLink(
  { shell }: Pick<Electron, 'shell'>,
  address: string,
  report: Report,
): void {
  if (!isAllowed(address)) {
    report(`Refused to open ${originOf(address)} outside the app.`);
    return;
  }
  shell.openExternal(address).catch(() => {
    report(`The system could not open ${originOf(address)}.`);
  });
}
