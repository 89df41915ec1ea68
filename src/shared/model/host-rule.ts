/** The hosts of a grant: `host[:port][/path]`, `*.host`, and `http://` before a host that has no TLS. */
import { z } from 'zod';
import { parseIp } from './ip';

export interface HostRule {
  readonly scheme: 'http' | 'https';
  /** In lower case and ASCII, as in a URL; an IPv6 address has brackets. */
  readonly host: string;
  /** Whether every subdomain is meant, and not the host itself. */
  readonly wildcard: boolean;
  readonly port: number;
  /** `/`, or a path without a slash at its end. */
  readonly path: string;
}

const DEFAULT_PORTS = { http: 80, https: 443 } as const;

const SHAPE =
  /^(?:(https?):\/\/)?(\*\.)?(\[[\da-f:.]+\]|[^/:?#@*\\[\]\s]+)(?::(\d{1,5}))?(\/[^?#\s\\]*)?$/i;

/** Reads one host of a grant; `undefined` if it is not in that form. */
export function parseHostRule(text: string): HostRule | undefined {
  const [, typed = 'https', star, host = '', digits, path = '/'] = SHAPE.exec(text) ?? [];
  const scheme = typed.toLowerCase() === 'http' ? 'http' : 'https';
  const url = host === '' ? undefined : urlOf(`${scheme}://${host}`);
  const port = digits === undefined ? DEFAULT_PORTS[scheme] : Number(digits);
  const way = urlOf(`${scheme}://host${path}`);
  if (url === undefined || way === undefined || port < 1 || port > 65_535) return undefined;
  const name = hostOf(url);
  const wildcard = star !== undefined;
  if (wildcard && (isIpHost(name) || !name.includes('.'))) return undefined;
  if (climbs(path)) return undefined;
  const trimmed = way.pathname.replace(/\/+$/, '');
  return { scheme, host: name, wildcard, port, path: trimmed === '' ? '/' : trimmed };
}

/** As `parseHostRule` reads it. */
export function formatHostRule({ scheme, host, wildcard, port, path }: HostRule): string {
  const before = scheme === 'http' ? 'http://' : '';
  const after = port === DEFAULT_PORTS[scheme] ? '' : `:${String(port)}`;
  return `${before}${wildcard ? '*.' : ''}${host}${after}${path === '/' ? '' : path}`;
}

/** A host of a grant as text, in one form. */
export const hostRuleSchema = z
  .string()
  .max(300)
  .transform((text, context) => {
    const rule = parseHostRule(text.trim());
    if (rule !== undefined) return formatHostRule(rule);
    context.addIssue({ code: 'custom', message: 'This is no host.' });
    return z.NEVER;
  });

/** Why a URL is not covered by a rule; `undefined` if it is. */
export type HostMismatch = 'host' | 'scheme' | 'path';

/** Whether a URL is covered by any rule, and if not, how near it comes. */
export function matchHosts(
  rules: readonly HostRule[],
  url: URL,
):
  | { readonly rule: HostRule; readonly mismatch?: never }
  | { readonly rule?: never; readonly mismatch: HostMismatch } {
  const host = hostOf(url);
  const named = rules.filter((rule) => isHostOf(rule, host) && isServerOf(rule, url));
  if (named.length === 0) {
    const isNamedWithTls = rules.some((rule) => isHostOf(rule, host) && rule.scheme === 'https');
    return { mismatch: isNamedWithTls && schemeOf(url) === 'http' ? 'scheme' : 'host' };
  }
  const rule = named.find(({ path }) => isBelow(url.pathname, path));
  return rule === undefined ? { mismatch: 'path' } : { rule };
}

/** The scheme and the port. Nobody else sees what is sent to this computer, so it may be http. */
function isServerOf({ scheme, host, port }: HostRule, url: URL): boolean {
  if (scheme === schemeOf(url)) return port === portOf(url);
  return (
    isLoopbackHost(host) &&
    (port === portOf(url) || (port === DEFAULT_PORTS[scheme] && url.port === ''))
  );
}

/** Whether a host of a URL can only be this computer. */
export const isLoopbackHost = (host: string): boolean =>
  /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(host);

const isHostOf = ({ host, wildcard }: HostRule, name: string): boolean =>
  wildcard ? name.endsWith(`.${host}`) && name.length > host.length + 1 : name === host;

/**
 * Whether a path is a prefix or below it, by whole segments. A path that would climb when a server decodes it once
 * more is below nothing but `/`.
 */
export function isBelow(pathname: string, prefix: string): boolean {
  if (prefix === '/') return true;
  if (climbs(pathname)) return false;
  const whole = prefix.replace(/\/+$/, '');
  return pathname === whole || pathname.startsWith(`${whole}/`);
}

/** How often a server and what is in front of it may decode a path. */
const DECODINGS = 3;

function climbs(pathname: string): boolean {
  let path = pathname;
  for (let times = 0; times <= DECODINGS; times += 1) {
    // Some servers cut what follows a semicolon off before they look at a segment.
    const segments = path.split(/[/\\]/).map((segment) => segment.split(';')[0]);
    if (segments.some((segment) => segment === '..' || segment === '.')) return true;
    path = decoded(path);
  }
  return false;
}

const decoded = (text: string): string =>
  text.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCodePoint(Number.parseInt(hex, 16)),
  );

const urlOf = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

const schemeOf = ({ protocol }: URL): string => protocol.replace(/:$/, '');

/** The host of a URL without the dot that may end it. */
export const hostOf = ({ hostname }: URL): string => hostname.toLowerCase().replace(/\.$/, '');

const portOf = ({ protocol, port }: URL): number =>
  port === '' ? DEFAULT_PORTS[protocol === 'http:' ? 'http' : 'https'] : Number(port);

/** Whether a host of a URL is an address. */
const isIpHost = (host: string): boolean => parseIp(host.replaceAll(/^\[|\]$/g, '')) !== undefined;
