/** Signatures, against the vectors that AWS publishes and against a server that checks them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRequests, grantFor, bodyText } from '@test/support/requests';
import { findRealService, type RunningService } from '@test/servers/aws/real-service';
import { canonicalQuery, scopeOfHost, signatureHeaders, type SigningRequest } from './sigv4';

/** Of the test suite of AWS: https://github.com/awslabs/aws-c-auth/tree/main/tests/aws-signing-test-suite. */
const suite: SigningRequest = {
  method: 'GET',
  path: '/',
  query: '',
  headers: [],
  host: 'example.amazonaws.com',
  body: new Uint8Array(),
  region: 'us-east-1',
  service: 'service',
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  now: Date.UTC(2015, 7, 30, 12, 36),
};

const signature = (changes: Partial<SigningRequest>): string | undefined => {
  const headers = new Map(signatureHeaders({ ...suite, ...changes }));
  return /Signature=(\w+)$/.exec(headers.get('Authorization') ?? '')?.[1];
};

const STS_TOKEN =
  'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==';

describe('a vector of AWS', () => {
  it.each([
    ['get-vanilla', {}, '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    [
      'get-vanilla-query-order-key-case',
      { query: canonicalQuery('Param2=value2&Param1=value1') },
      'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    ],
    [
      'get-vanilla-empty-query-key',
      { query: canonicalQuery('Param1=value1') },
      'a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb',
    ],
    [
      'get-utf8',
      { path: '/ሴ' },
      '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85',
    ],
    [
      'get-space',
      { path: '/example space/' },
      '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741',
    ],
    [
      'post-vanilla',
      { method: 'POST' },
      '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
    ],
    [
      'post-vanilla-empty-query-value',
      { method: 'POST', query: canonicalQuery('Param1=value1') },
      '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
    ],
    [
      'post-header-value-case',
      { method: 'POST', headers: [['My-Header1', 'VALUE1']] },
      'cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d',
    ],
    [
      'post-x-www-form-urlencoded',
      {
        method: 'POST',
        headers: [['Content-Type', 'application/x-www-form-urlencoded']],
        body: Buffer.from('Param1=value1'),
      },
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
    [
      'post-sts-header-before',
      { method: 'POST', sessionToken: STS_TOKEN },
      '85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead',
    ],
  ] satisfies [string, Partial<SigningRequest>, string][])('%s', (_, changes, expected) => {
    expect(signature(changes)).toBe(expected);
  });

  it('of S3, whose path is signed as it is sent', () => {
    // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
    const headers = signatureHeaders({
      ...suite,
      host: 'examplebucket.s3.amazonaws.com',
      path: '/test.txt',
      headers: [['Range', 'bytes=0-9']],
      service: 's3',
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      now: Date.UTC(2013, 4, 24),
    });
    expect(new Map(headers).get('Authorization')).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });
});

it('sorts a query and encodes it in one way', () => {
  expect(canonicalQuery('b=2&a=%7e+x&A=&a=!&c')).toBe('A=&a=%21&a=~%20x&b=2&c=');
  expect(canonicalQuery(canonicalQuery('a=1%2B1&x=%zz'))).toBe(canonicalQuery('a=1%2B1&x=%zz'));
});

it.each([
  ['sts.eu-west-1.amazonaws.com', 'sts', 'eu-west-1'],
  ['iam.amazonaws.com', 'iam', 'us-east-1'],
  ['bucket.s3.eu-central-1.amazonaws.com', 's3', 'eu-central-1'],
  ['s3.dualstack.us-gov-west-1.amazonaws.com', 's3', 'us-gov-west-1'],
  ['sqs.cn-north-1.amazonaws.com.cn', 'sqs', 'cn-north-1'],
])('finds service and region in %s', (host, service, region) => {
  expect(scopeOfHost(host)).toEqual({ service, region });
});

const real = await findRealService('IAM', 'AWS_ENDPOINT_URL_IAM');

describe.skipIf(real?.isMoto !== true)('a server that checks signatures', () => {
  let server: RunningService;
  let accessKeyId = '';
  let secretAccessKey = '';

  /** What moto takes without a check, before it begins to check. */
  const unchecked = async (query: string): Promise<string> => {
    const response = await fetch(`${server.endpoint}/?${query}&Version=2010-05-08`, {
      headers: {
        authorization:
          'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0',
      },
    });
    return response.text();
  };

  beforeAll(async () => {
    if (real === undefined) return;
    server = await real.start();
    await unchecked('Action=CreateUser&UserName=ann');
    const key = await unchecked('Action=CreateAccessKey&UserName=ann');
    accessKeyId = /<AccessKeyId>(.+?)</.exec(key)?.[1] ?? '';
    secretAccessKey = /<SecretAccessKey>(.+?)</.exec(key)?.[1] ?? '';
    const all = { Effect: 'Allow', Action: '*', Resource: '*' };
    const policy = encodeURIComponent(JSON.stringify({ Version: '2012-10-17', Statement: [all] }));
    await unchecked(`Action=PutUserPolicy&UserName=ann&PolicyName=all&PolicyDocument=${policy}`);
    // From here on, it checks every signature.
    await fetch(`${server.endpoint}/moto-api/reset-auth`, { method: 'POST', body: '0' });
  });

  afterAll(() => server?.stop());

  const sending = async (secret: string) => {
    const { core, send } = await startRequests();
    const grant = await grantFor(
      core,
      { url: server.endpoint },
      { accessKeyId, secretAccessKey: secret },
      { type: 'sigv4', region: 'us-east-1', service: 'sts' },
    );
    return send(grant.id, {
      method: 'POST',
      url: `${server.endpoint}/`,
      headers: [['Content-Type', 'application/x-www-form-urlencoded']],
      body: Buffer.from('Action=GetCallerIdentity&Version=2011-06-15'),
    });
  };

  it('accepts ours', async () => {
    const answer = await sending(secretAccessKey);
    expect(bodyText(answer)).toContain(':user/ann');
    expect(answer.status).toBe(200);
  });

  it('refuses one with another key', async () => {
    const answer = await sending(`${secretAccessKey.slice(0, -4)}aaaa`);
    expect(answer.status).toBe(403);
    expect(bodyText(answer)).toContain('SignatureDoesNotMatch');
  });
});
