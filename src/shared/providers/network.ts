/**
 * How to reach a server, for every provider that has one: trusted authorities, a client certificate and a
 * proxy. A provider spreads `networkShape` into its own, and `networkDefaults` and `networkFields` of `facts`.
 */
import { z } from 'zod';

/** Settings that were stored before a field existed do not have it, so each field has its default here. */
const text = z.string().trim().default('');

export const networkShape = {
  /** The path of a PEM file. `~` is the home directory, here and below. */
  caFile: text,
  clientCertFile: text,
  /** Empty if the certificate file also holds the key. */
  clientKeyFile: text,
  proxy: z.enum(['none', 'system', 'typed']).default('system'),
  proxyUrl: text,
  proxyUser: text,
  /**
   * Names, .suffixes, addresses, networks, patterns with `*`, and `<local>` for names without a dot,
   * separated by commas, semicolons or spaces.
   */
  proxyExceptions: text,
  /** The most requests at a time; empty for as many as the server answers without delay. */
  requestsAtOnce: text,
};

const networkSchema = z.object(networkShape);

/** The matching credentials are `clientKeyPassphrase` and `proxyPassword`. */
export type NetworkValues = z.infer<typeof networkSchema>;

/** The entries of a list that a person typed, or that NO_PROXY holds, without quotes around them. */
export const exceptionEntries = (exceptions: string): string[] =>
  exceptions
    .split(/[\s,;]+/)
    .map((entry) => entry.replaceAll(/^["']+|["']+$/g, ''))
    .filter((entry) => entry !== '');

const pathProblem = (path: string): string | undefined =>
  path === '' || /^(~[\\/]|\/|\\\\|[a-z]:[\\/])/i.test(path)
    ? undefined
    : 'Write the whole path, from / or ~/ on.';

function proxyUrlProblem(url: string): string | undefined {
  // The form itself reports an empty field.
  if (url === '') return undefined;
  if (!/^https?:\/\//i.test(url)) return 'Start with http:// or https://.';
  if (!URL.canParse(url)) return 'This is not a valid address. It looks like http://proxy:3128.';
  const { username, password, pathname, search, hash } = new URL(url);
  if (username !== '' || password !== '') {
    return 'Leave user and password out of the address: they have fields of their own.';
  }
  return pathname !== '/' || search !== '' || hash !== ''
    ? 'Remove everything after the host and port.'
    : undefined;
}

function exceptionsProblem(exceptions: string): string | undefined {
  for (const entry of exceptionEntries(exceptions)) {
    if (entry.includes('://')) return `Leave http:// or https:// out of “${entry}”.`;
    if (entry.includes('/') && !/^[\d.]+\/\d{1,2}$|^[\da-f:]+\/\d{1,3}$/i.test(entry)) {
      return `“${entry}” is no network. One is written like 10.0.0.0/8.`;
    }
    if (/^<local>$/i.test(entry)) continue;
    if (!/^[\p{L}\p{N}.*_:/[\]-]+$/u.test(entry)) {
      return `“${entry}” is no name and no address. One is written like .example.com or 10.*.`;
    }
  }
  return undefined;
}

/** Each has a connection, and systems allow a process a few hundred. */
const MOST_REQUESTS = 128;

const requestsProblem = (text: string): string | undefined =>
  text === '' || (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_REQUESTS)
    ? undefined
    : `Enter a number from 1 to ${String(MOST_REQUESTS)}, or leave it empty.`;

/** The rules that `networkShape` cannot express. Fields that do not count are not checked. */
export function checkNetwork(values: NetworkValues, context: z.RefinementCtx): void {
  const refuse = (field: keyof NetworkValues, message: string | undefined): void => {
    if (message !== undefined) context.addIssue({ code: 'custom', path: [field], message });
  };
  for (const field of ['caFile', 'clientCertFile', 'clientKeyFile'] as const) {
    refuse(field, pathProblem(values[field]));
  }
  if (values.clientKeyFile !== '' && values.clientCertFile === '') {
    refuse('clientCertFile', 'Enter the file of the certificate that belongs to the key.');
  }
  refuse('requestsAtOnce', requestsProblem(values.requestsAtOnce));
  if (values.proxy !== 'typed') return;
  refuse('proxyUrl', proxyUrlProblem(values.proxyUrl));
  refuse('proxyExceptions', exceptionsProblem(values.proxyExceptions));
}
