/**
 * Signature Version 4, as the receiver computes it.
 * Source: “Create a signed AWS API request” in the IAM User Guide.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { frameworkError } from './errors';
import { minutes } from '../clock';

export const algorithm = 'AWS4-HMAC-SHA256';

export interface SignedRequest {
  readonly method: string;
  /** Path and query of the request line, unchanged. */
  readonly target: string;
  /** Name, value, name, value … in the order received, as in `IncomingMessage.rawHeaders`. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export interface CredentialScope {
  /** YYYYMMDD */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export interface Authorization {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** Lower case, as listed by the sender. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `YYYYMMDDTHHMMSSZ`, UTC. */
  readonly timestamp: string;
  readonly sessionToken: string | undefined;
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

const hmac = (key: string | Buffer, data: string): Buffer =>
  createHmac('sha256', key).update(data).digest();

/** RFC 3986: everything but letters, digits and `-._~` is escaped. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  // Segments arrive escaped and are escaped again: every service but S3 does so.
  const joined = segments.map(encode).join('/');
  return joined === '' ? '/' : `/${joined}${path.endsWith('/') ? '/' : ''}`;
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      const name = equals === -1 ? pair : pair.slice(0, equals);
      const value = equals === -1 ? '' : pair.slice(equals + 1);
      return [encode(decode(name)), encode(decode(value))];
    })
    .toSorted(([name, value], [otherName, otherValue]) =>
      name === otherName ? compare(value, otherValue) : compare(name, otherName),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** All values of a header, in the order received. */
function headerValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() === name) values.push(rawHeaders[index + 1] ?? '');
  }
  return values;
}

export const headerValue = (request: SignedRequest, name: string): string | undefined =>
  headerValues(request.rawHeaders, name)[0];

export function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const question = request.target.indexOf('?');
  const path = question === -1 ? request.target : request.target.slice(0, question);
  const query = question === -1 ? '' : request.target.slice(question + 1);
  const headers = signedHeaders.map((name) => {
    const values = headerValues(request.rawHeaders, name).map((value) =>
      value.trim().replace(/\s+/g, ' '),
    );
    return `${name}:${values.join(',')}\n`;
  });
  return [
    request.method,
    canonicalPath(path),
    canonicalQuery(query),
    headers.join(''),
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
}

export function stringToSign(
  canonical: string,
  timestamp: string,
  { date, region, service }: CredentialScope,
): string {
  return [
    algorithm,
    timestamp,
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join('\n');
}

export function signature(
  toSign: string,
  secretAccessKey: string,
  { date, region, service }: CredentialScope,
): string {
  const dateKey = hmac(`AWS4${secretAccessKey}`, date);
  const signingKey = hmac(hmac(hmac(dateKey, region), service), 'aws4_request');
  return createHmac('sha256', signingKey).update(toSign).digest('hex');
}

/**
 * Reads the Authorization header and the date that belongs to it.
 * Throws MissingAuthenticationTokenException without the header and IncompleteSignatureException
 * when a part is missing or malformed.
 */
export function parseAuthorization(request: SignedRequest): Authorization {
  const header = headerValue(request, 'authorization');
  if (header === undefined || header.trim() === '') {
    throw frameworkError('MissingAuthenticationTokenException', 'Missing Authentication Token');
  }
  const incomplete = (message: string): Error =>
    frameworkError('IncompleteSignatureException', message);

  const [scheme = '', ...rest] = header.trim().split(/\s+/);
  if (scheme !== algorithm) throw incomplete(`Unsupported AWS 'algorithm': '${scheme}'.`);

  const parts = new Map<string, string>();
  for (const part of rest.join(' ').split(',')) {
    const text = part.trim();
    if (text === '') continue;
    const equals = text.indexOf('=');
    if (equals === -1) {
      throw incomplete(
        `'${text}' not a valid key=value pair (missing equal-sign) in Authorization header.`,
      );
    }
    parts.set(text.slice(0, equals), text.slice(equals + 1));
  }
  const credential = parts.get('Credential');
  const signed = parts.get('SignedHeaders');
  const given = parts.get('Signature');
  const timestamp = readTimestamp(request);
  const missing: string[] = [];
  if (!credential) missing.push("Authorization header requires 'Credential' parameter.");
  if (!given) missing.push("Authorization header requires 'Signature' parameter.");
  if (!signed) missing.push("Authorization header requires 'SignedHeaders' parameter.");
  if (!timestamp) {
    missing.push(
      "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
    );
  }
  if (!credential || !signed || !given || !timestamp) throw incomplete(missing.join(' '));

  const elements = credential.split('/');
  const [accessKeyId, date, region, service, terminator] = elements;
  if (!accessKeyId || !date || !region || !service || elements.length !== 5) {
    throw incomplete(
      "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got a malformed 'Credential'.",
    );
  }
  if (terminator !== 'aws4_request') {
    throw frameworkError(
      'InvalidSignatureException',
      "Credential should be scoped with a valid terminator: 'aws4_request'.",
    );
  }
  return {
    accessKeyId,
    scope: { date, region, service },
    signedHeaders: signed.split(';').map((name) => name.toLowerCase()),
    signature: given,
    timestamp,
    sessionToken: headerValue(request, 'x-amz-security-token'),
  };
}

/** `X-Amz-Date` wins over `Date`, which may be in the HTTP form. */
function readTimestamp(request: SignedRequest): string | undefined {
  const text = headerValue(request, 'x-amz-date') ?? headerValue(request, 'date');
  if (text === undefined) return undefined;
  if (/^\d{8}T\d{6}Z$/.test(text)) return text;
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : compactTime(time);
}

/** Milliseconds since 1970 as `YYYYMMDDTHHMMSSZ`. */
export const compactTime = (time: number): string =>
  new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');

function parseCompactTime(text: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

const allowedSkew = minutes(5);

export interface VerifyOptions {
  readonly authorization: Authorization;
  readonly secretAccessKey: string;
  /** The server's time, milliseconds since 1970. */
  readonly now: number;
}

/** Throws InvalidSignatureException with the reason. */
export function verifySignature(request: SignedRequest, options: VerifyOptions): void {
  const { authorization, secretAccessKey, now } = options;
  const { timestamp, scope, signedHeaders } = authorization;
  const invalid = (message: string): Error => frameworkError('InvalidSignatureException', message);

  for (const name of ['host', 'x-amz-target', 'x-amz-date', 'x-amz-security-token']) {
    if (headerValue(request, name) !== undefined && !signedHeaders.includes(name)) {
      const label = name === 'host' ? 'Host' : name;
      throw invalid(`'${label}' must be a 'SignedHeader' in the AWS Authorization.`);
    }
  }
  if (!timestamp.startsWith(scope.date)) {
    throw invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${timestamp.slice(0, 8)}', from '${timestamp}'.`,
    );
  }
  const signedAt = parseCompactTime(timestamp);
  if (!(signedAt >= now - allowedSkew)) {
    throw invalid(
      `Signature expired: ${timestamp} is now earlier than ${compactTime(now - allowedSkew)} (${compactTime(now)} - 5 min.)`,
    );
  }
  if (signedAt > now + allowedSkew) {
    throw invalid(
      `Signature not yet current: ${timestamp} is still later than ${compactTime(now + allowedSkew)} (${compactTime(now)} + 5 min.)`,
    );
  }
  const toSign = stringToSign(canonicalRequest(request, signedHeaders), timestamp, scope);
  const expected = Buffer.from(signature(toSign, secretAccessKey, scope));
  const given = Buffer.from(authorization.signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) {
    throw invalid(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}
