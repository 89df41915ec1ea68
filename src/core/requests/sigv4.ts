/**
 * AWS Signature Version 4, see
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html.
 */
import { createHash, createHmac } from 'node:crypto';

export interface SigningRequest {
  readonly method: string;
  /** As it is sent. */
  readonly path: string;
  /** As it is sent, without the question mark; in the form of `canonicalQuery`. */
  readonly query: string;
  /** The headers to sign beside those that are added: name and value. */
  readonly headers: readonly (readonly [string, string])[];
  readonly host: string;
  readonly body: Uint8Array;
  readonly region: string;
  readonly service: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
}

const sha256 = (data: string | Uint8Array): string =>
  createHash('sha256').update(data).digest('hex');

const hmac = (key: string | Uint8Array, text: string): Buffer =>
  createHmac('sha256', key).update(text).digest();

/** Everything but letters, digits and `-._~` is encoded. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (mark) => `%${(mark.codePointAt(0) ?? 0).toString(16).toUpperCase()}`,
  );

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    // A percent sign that encodes nothing is kept.
    return spaced;
  }
}

/** A query in the form in which it is signed: encoded in one way, and sorted. */
export function canonicalQuery(query: string): string {
  const pairs = query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const [name, value] =
        equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return [encode(decode(name)), encode(decode(value))] as const;
    });
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return pairs
    .toSorted(([a, one], [b, other]) => compare(a, b) || compare(one, other))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** S3 signs the path as it is sent; every other service encodes it once more. */
const canonicalPath = (path: string, service: string): string =>
  service === 's3' ? path : path.split('/').map(encode).join('/');

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** The headers that sign a request. */
export function signatureHeaders(request: SigningRequest): [string, string][] {
  const { region, service, accessKeyId, secretAccessKey, sessionToken, now } = request;
  const time = new Date(now).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
  const date = time.slice(0, 8);
  const bodyHash = sha256(request.body);
  const added: [string, string][] = [
    ['X-Amz-Date', time],
    ...(sessionToken === undefined
      ? []
      : [['X-Amz-Security-Token', sessionToken] satisfies [string, string]]),
    ...(service === 's3' ? [['X-Amz-Content-Sha256', bodyHash] satisfies [string, string]] : []),
  ];
  const signed = [['host', request.host] as const, ...request.headers, ...added]
    .map(([name, value]) => [name.toLowerCase(), value.trim().replaceAll(/ +/g, ' ')] as const)
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const names = [...new Set(signed.map(([name]) => name))];
  const valuesOf = (name: string): string =>
    signed
      .filter(([each]) => each === name)
      .map(([, value]) => value)
      .join(',');
  const canonical = [
    request.method,
    canonicalPath(request.path, service),
    request.query,
    ...names.map((name) => `${name}:${valuesOf(name)}`),
    '',
    names.join(';'),
    bodyHash,
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const key = [region, service, 'aws4_request'].reduce<Buffer>(
    hmac,
    hmac(`AWS4${secretAccessKey}`, date),
  );
  const signature = hmac(key, [ALGORITHM, time, scope, sha256(canonical)].join('\n')).toString(
    'hex',
  );
  const authorization = `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return [...added, ['Authorization', authorization]];
}

const GLOBAL_REGION = 'us-east-1';

/**
 * The service and the region in a host of AWS: `dynamodb.eu-west-1.amazonaws.com`, `bucket.s3.eu-west-1.…`,
 * `iam.amazonaws.com`. Some services sign with another name than that of their host.
 */
export function scopeOfHost(host: string): { service: string; region: string } | undefined {
  const [, before] = /^(.+)\.amazonaws\.com(?:\.cn)?$/.exec(host) ?? [];
  if (before === undefined) return undefined;
  const labels = before.split('.').filter((label) => label !== 'dualstack');
  const last = labels.at(-1) ?? '';
  const isRegion = /^[a-z]{2}(-[a-z]+)+-\d$/.test(last);
  const service = isRegion ? labels.at(-2) : last;
  return service === undefined ? undefined : { service, region: isRegion ? last : GLOBAL_REGION };
}
