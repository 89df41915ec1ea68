import { describe, expect, test } from 'vitest';
import {
  canonicalRequest,
  parseAuthorization,
  signature,
  stringToSign,
  verifySignature,
  type SignedRequest,
} from './sigv4';

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const date = ['X-Amz-Date', '20150830T123600Z'];
const host = ['Host', 'example.amazonaws.com'];
const signedAt = Date.parse('2015-08-30T12:36:00Z');

const sessionToken =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';

interface Vector {
  readonly name: string;
  readonly method: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  readonly signedHeaders?: string;
  readonly service?: string;
  readonly signature: string;
}

/** From the Signature Version 4 test suite that AWS published, and the guide's ListUsers example. */
const vectors: readonly Vector[] = [
  {
    name: 'get-vanilla',
    method: 'GET',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'get-vanilla-query-order-key-case',
    method: 'GET',
    target: '/?Param2=value2&Param1=value1',
    signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  },
  {
    name: 'get-vanilla-utf8-query',
    method: 'GET',
    target: '/?%E1%88%B4=bar',
    signature: '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  },
  {
    name: 'get-relative',
    method: 'GET',
    target: '/example/..',
    signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  },
  {
    name: 'get-unreserved',
    method: 'GET',
    target: '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
    signature: '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  },
  {
    name: 'get-header-key-duplicate',
    method: 'GET',
    headers: [
      ['My-Header1', 'value2'],
      ['My-Header1', 'value2'],
      ['My-Header1', 'value1'],
    ],
    signedHeaders: 'host;my-header1;x-amz-date',
    signature: 'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  },
  {
    name: 'get-header-value-order',
    method: 'GET',
    headers: [
      ['My-Header1', 'value4'],
      ['My-Header1', 'value1'],
      ['My-Header1', 'value3'],
      ['My-Header1', 'value2'],
    ],
    signedHeaders: 'host;my-header1;x-amz-date',
    signature: '08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01',
  },
  {
    name: 'get-header-value-trim',
    method: 'GET',
    headers: [
      ['My-Header1', ' value1'],
      ['My-Header2', ' "a   b   c"'],
    ],
    signedHeaders: 'host;my-header1;my-header2;x-amz-date',
    signature: 'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  },
  {
    name: 'post-vanilla',
    method: 'POST',
    signature: '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  },
  {
    name: 'post-vanilla-query',
    method: 'POST',
    target: '/?Param1=value1',
    signature: '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
  },
  {
    name: 'post-header-key-sort',
    method: 'POST',
    headers: [['My-Header1', 'value1']],
    signedHeaders: 'host;my-header1;x-amz-date',
    signature: 'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  },
  {
    name: 'post-header-value-case',
    method: 'POST',
    headers: [['My-Header1', 'VALUE1']],
    signedHeaders: 'host;my-header1;x-amz-date',
    signature: 'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
  },
  {
    name: 'post-x-www-form-urlencoded',
    method: 'POST',
    headers: [['Content-Type', 'application/x-www-form-urlencoded']],
    body: 'Param1=value1',
    signedHeaders: 'content-type;host;x-amz-date',
    signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  },
  {
    name: 'post-sts-header-before',
    method: 'POST',
    headers: [['X-Amz-Security-Token', sessionToken]],
    signedHeaders: 'host;x-amz-date;x-amz-security-token',
    signature: '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
  },
  {
    name: 'ListUsers, the example of the IAM User Guide',
    method: 'GET',
    target: '/?Action=ListUsers&Version=2010-05-08',
    headers: [
      ['Host', 'iam.amazonaws.com'],
      ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'],
    ],
    signedHeaders: 'content-type;host;x-amz-date',
    service: 'iam',
    signature: '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  },
];

function requestOf(vector: Vector): SignedRequest {
  const headers = vector.headers ?? [];
  const scope = `20150830/us-east-1/${vector.service ?? 'service'}/aws4_request`;
  return {
    method: vector.method,
    target: vector.target ?? '/',
    rawHeaders: [
      ...(headers.some(([name]) => name === 'Host') ? [] : host),
      ...headers.flat(),
      ...date,
      'Authorization',
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/${scope}, SignedHeaders=${vector.signedHeaders ?? 'host;x-amz-date'}, Signature=${vector.signature}`,
    ],
    body: Buffer.from(vector.body ?? ''),
  };
}

const verify = (request: SignedRequest, now = signedAt): void => {
  const authorization = parseAuthorization(request);
  verifySignature(request, { authorization, secretAccessKey, now });
};

describe('published vectors', () => {
  test.each(vectors)('$name', (vector) => {
    const request = requestOf(vector);
    const { scope, signedHeaders, timestamp } = parseAuthorization(request);
    const toSign = stringToSign(canonicalRequest(request, signedHeaders), timestamp, scope);
    expect(signature(toSign, secretAccessKey, scope)).toBe(vector.signature);
    expect(() => verify(request)).not.toThrow();
  });
});

describe('what is refused', () => {
  const vanilla = requestOf(vectors[0]!);
  const withAuthorization = (change: (header: string) => string): SignedRequest => ({
    ...vanilla,
    rawHeaders: vanilla.rawHeaders.map((text) => (text.startsWith('AWS4') ? change(text) : text)),
  });
  const without = (name: string): SignedRequest => {
    const index = vanilla.rawHeaders.indexOf(name);
    return { ...vanilla, rawHeaders: vanilla.rawHeaders.toSpliced(index, 2) };
  };

  test.each<[string, SignedRequest, string, string]>([
    ['no header', without('Authorization'), 'MissingAuthenticationTokenException', 'Missing'],
    [
      'another algorithm',
      withAuthorization((text) => text.replace('SHA256', 'SHA1')),
      'IncompleteSignatureException',
      "Unsupported AWS 'algorithm'",
    ],
    [
      'no signature',
      withAuthorization((text) => text.replace(/, Signature=.*/, '')),
      'IncompleteSignatureException',
      "requires 'Signature'",
    ],
    [
      'no signed headers',
      withAuthorization((text) => text.replace(/SignedHeaders=[^,]*,/, '')),
      'IncompleteSignatureException',
      "requires 'SignedHeaders'",
    ],
    [
      'a part without a value',
      withAuthorization((text) => `${text}, Extra`),
      'IncompleteSignatureException',
      'missing equal-sign',
    ],
    [
      'a short scope',
      withAuthorization((text) => text.replace('/service', '')),
      'IncompleteSignatureException',
      '5 slash-delimited elements',
    ],
    [
      'another terminator',
      withAuthorization((text) => text.replace('aws4_request', 'aws5_request')),
      'InvalidSignatureException',
      'valid terminator',
    ],
    ['no date', without('X-Amz-Date'), 'IncompleteSignatureException', "'X-Amz-Date'"],
    [
      'the scope of another day',
      withAuthorization((text) => text.replace('20150830', '20150829')),
      'InvalidSignatureException',
      "'20150829' != '20150830'",
    ],
    [
      'a host that is not signed',
      withAuthorization((text) => text.replace('host;', '')),
      'InvalidSignatureException',
      "'Host' must be a 'SignedHeader'",
    ],
    [
      'another body',
      { ...vanilla, body: Buffer.from('x') },
      'InvalidSignatureException',
      'does not match',
    ],
    [
      'another method',
      { ...vanilla, method: 'POST' },
      'InvalidSignatureException',
      'does not match',
    ],
    [
      'another path',
      { ...vanilla, target: '/other' },
      'InvalidSignatureException',
      'does not match',
    ],
  ])('%s', (_name, request, code, words) => {
    expect(() => verify(request)).toThrow(
      expect.objectContaining({ name: code, message: expect.stringContaining(words) }),
    );
  });

  test('a request may be five minutes old or early, not more', () => {
    const fiveMinutes = 300_000;
    verify(vanilla, signedAt + fiveMinutes);
    verify(vanilla, signedAt - fiveMinutes);
    expect(() => verify(vanilla, signedAt + fiveMinutes + 1000)).toThrow(
      'Signature expired: 20150830T123600Z is now earlier than 20150830T123601Z (20150830T124101Z - 5 min.)',
    );
    expect(() => verify(vanilla, signedAt - fiveMinutes - 1000)).toThrow(
      'Signature not yet current: 20150830T123600Z is still later than 20150830T123559Z (20150830T123059Z + 5 min.)',
    );
  });
});
