/** The request as it is sent: the headers of the caller, checked, and the credential. */
import {
  filled,
  injectionsOf,
  isHidden,
  placeholdersIn,
  type GrantSettings,
} from '@shared/model/grant';
import { Patterns } from '@core/secrets/redact';
import type { Secret } from '@core/secrets/secret';
import { remembered } from '@shared/model/remembered';
import { refusal } from './refusals';
import { canonicalQuery, scopeOfHost, signatureHeaders } from './sigv4';

export type Headers = readonly (readonly [name: string, value: string])[];

/** By name. */
export type SecretValues = ReadonlyMap<string, Secret>;

/** Headers that are Strongroom’s, or that could make a server see another request than the one that was checked. */
const RESERVED = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'accept-encoding',
  'http2-settings',
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
  'x-original-url',
  'x-rewrite-url',
]);

const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
/** What Node writes as Latin-1: no line break, and no other control character but the tab. */
const VALUE = /^[\t\u{20}-\u{7e}\u{80}-\u{ff}]*$/u;

const MOST_HEADERS = 100;
const LARGEST_HEADER = 16_384;

/** Some servers take `_` for `-` in the name of a header. */
const plain = (name: string): string => name.toLowerCase().replaceAll('_', '-');

const injections = remembered(injectionsOf);

/** The headers that hold the credential. */
const ownHeaders = remembered(
  (settings: GrantSettings): ReadonlySet<string> =>
    new Set(
      injections(settings)
        .filter(({ place }) => place === 'header')
        .map(({ name }) => plain(name)),
    ),
);

/** Throws `HEADER_REFUSED` for a header that the caller may not set. */
export function assertHeaders(settings: GrantSettings, headers: Headers): void {
  const own = ownHeaders(settings);
  if (headers.length > MOST_HEADERS) {
    throw refusal('HEADER_REFUSED', 'header', {
      message: `The request has more than ${String(MOST_HEADERS)} headers.`,
      hint: 'Send fewer.',
    });
  }
  for (const [name, value] of headers) {
    if (!NAME.test(name)) {
      throw refusal('HEADER_REFUSED', 'header', {
        message: 'A header has a name that HTTP does not allow.',
        hint: 'A name has letters, digits and hyphens.',
      });
    }
    if (!VALUE.test(value) || value.length > LARGEST_HEADER) {
      throw refusal('HEADER_REFUSED', 'header', {
        message: `The header ${name} has a line break, another character that HTTP does not allow, or is too long.`,
        hint: 'Encode the value, or leave the header out.',
      });
    }
    const known = plain(name);
    const isSigned =
      settings.type === 'sigv4' &&
      (known === 'authorization' ||
        known === 'x-amz-date' ||
        known === 'x-amz-security-token' ||
        known === 'x-amz-content-sha256');
    if (own.has(known) || isSigned) {
      throw refusal('HEADER_REFUSED', 'header', {
        message: `The header ${name} belongs to the credential of the grant.`,
        hint: 'Leave it out: Strongroom adds it.',
      });
    }
    if (RESERVED.has(known)) {
      throw refusal('HEADER_REFUSED', 'header', {
        message: `The header ${name} is set by Strongroom alone.`,
        hint: 'Leave it out.',
      });
    }
  }
}

export interface Outgoing {
  readonly url: URL;
  readonly headers: Headers;
  /** What must not appear in the answer. */
  readonly patterns: Patterns;
}

export interface Parts {
  readonly settings: GrantSettings;
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly values: SecretValues;
  /** Needed for SigV4. */
  readonly body: Uint8Array;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
}

/** Adds the credential. Throws `HEADER_REFUSED`, and `INVALID_INPUT` if the URL already has its parameter. */
export function withCredential(parts: Parts): Outgoing {
  const { settings, values } = parts;
  const reveal = (name: string): string => values.get(name)?.reveal() ?? '';
  let { url } = parts;
  const added: [string, string][] = [];
  const encoded: { name: string; value: string }[] = [];
  for (const rule of injections(settings)) {
    const text = filled(rule.format, reveal);
    if (rule.place === 'query') {
      if ([...url.searchParams.keys()].some((key) => key.toLowerCase() === rule.name.toLowerCase()))
        throw refusal('INVALID_INPUT', 'url', {
          message: `The address already has the parameter ${rule.name}, which belongs to the credential of the grant.`,
          hint: 'Leave it out: Strongroom adds it.',
        });
      url = new URL(url);
      url.search += `${url.search === '' ? '?' : '&'}${encodeURIComponent(rule.name)}=${encodeURIComponent(text)}`;
    } else if (rule.basic === true) {
      const value = Buffer.from(text, 'utf8').toString('base64');
      added.push([rule.name, `Basic ${value}`]);
      encoded.push({ name: placeholdersIn(rule.format).at(-1) ?? 'token', value });
    } else {
      if (!VALUE.test(text)) {
        throw refusal('HEADER_REFUSED', 'header', {
          message: `A secret of the grant has a character that the header ${rule.name} cannot hold.`,
          hint: 'Check that only the credential was stored.',
        });
      }
      added.push([rule.name, text]);
    }
  }
  if (settings.type === 'sigv4') {
    url = new URL(url);
    url.search = canonicalQuery(url.search.slice(1));
    const signature = signatureHeaders({
      ...signingScope(settings, url),
      method: parts.method,
      path: url.pathname,
      query: url.search.slice(1),
      headers: [...parts.headers, ...added].filter(([name]) => isSignedHeader(name)),
      host: url.host,
      body: parts.body,
      accessKeyId: reveal('accessKeyId'),
      secretAccessKey: reveal('secretAccessKey'),
      sessionToken: values.get('sessionToken')?.reveal(),
      now: parts.now,
    });
    added.push(...signature);
    const value = /Signature=([\da-f]+)$/.exec(signature.at(-1)?.[1] ?? '')?.[1] ?? '';
    encoded.push({ name: 'signature', value });
  }
  return { url, headers: [...parts.headers, ...added], patterns: patternsOf(values, encoded) };
}

interface Known {
  readonly values: SecretValues;
  readonly encoded: string;
  readonly patterns: Patterns;
}

/** The patterns that were made last with a secret among them. They live as long as that secret. */
const known = new WeakMap<Secret, Known>();

/** What must not appear in an answer. Making the patterns takes longer than looking for them in a short answer. */
function patternsOf(
  values: SecretValues,
  encoded: readonly { readonly name: string; readonly value: string }[],
): Patterns {
  const [first] = values.values();
  const also = JSON.stringify(encoded);
  const last = first && known.get(first);
  if (last !== undefined && last.encoded === also && isSame(last.values, values))
    return last.patterns;
  const hidden = [...values]
    .filter(([name]) => isHidden(name))
    .map(([name, value]) => ({ name, value: value.reveal() }));
  const patterns = new Patterns([...hidden, ...encoded]);
  if (first !== undefined) known.set(first, { values, encoded: also, patterns });
  return patterns;
}

const isSame = (one: SecretValues, other: SecretValues): boolean =>
  one.size === other.size && [...one].every(([name, value]) => other.get(name) === value);

/** A redirect often repeats the query, and with it the parameter of the credential, which is added again. */
export function withoutCredential(settings: GrantSettings, url: URL): URL {
  const own = new Set(
    injections(settings)
      .filter(({ place }) => place === 'query')
      .map(({ name }) => name.toLowerCase()),
  );
  const next = new URL(url);
  for (const name of new Set(url.searchParams.keys())) {
    if (own.has(name.toLowerCase())) next.searchParams.delete(name);
  }
  return next;
}

const isSignedHeader = (name: string): boolean =>
  /^(content-type|x-amz-.*)$/.test(name.toLowerCase());

function signingScope(
  { region, service }: GrantSettings,
  url: URL,
): { region: string; service: string } {
  const found = scopeOfHost(url.hostname);
  const scope = { region: region ?? found?.region, service: service ?? found?.service };
  if (scope.region !== undefined && scope.service !== undefined) {
    return { region: scope.region, service: scope.service };
  }
  throw refusal('INVALID_INPUT', 'url', {
    message: `The host ${url.hostname} does not say which service and region to sign for.`,
    hint: 'Set the region and the service of the grant.',
  });
}
