/** JSON Web Tokens: what an issuer signs, and what the servers here verify (RFC 7515, RFC 7518). */
import {
  constants,
  generateKeyPairSync,
  randomUUID,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';

export type Claims = Readonly<Record<string, unknown>>;

export interface Jwt {
  readonly header: Claims;
  readonly claims: Claims;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

const encode = (value: Claims): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function decode(part: string): Claims | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Claims) : undefined;
  } catch {
    return undefined;
  }
}

/** `undefined` if the text is no signed token. */
export function parseJwt(text: string): Jwt | undefined {
  const [head = '', body = '', signature = '', ...rest] = text.split('.');
  const header = decode(head);
  const claims = decode(body);
  if (header === undefined || claims === undefined || signature === '' || rest.length > 0) {
    return undefined;
  }
  return {
    header,
    claims,
    signed: Buffer.from(`${head}.${body}`),
    signature: Buffer.from(signature, 'base64url'),
  };
}

const verificationKey = (algorithm: unknown, key: KeyObject) => {
  switch (algorithm) {
    case 'RS256':
      return { key, padding: constants.RSA_PKCS1_PADDING };
    case 'PS256':
      return {
        key,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
      };
    case 'ES256':
      return { key, dsaEncoding: 'ieee-p1363' as const };
    default:
      return undefined;
  }
};

/** Verifies RS256, PS256 and ES256; other algorithms never match. */
export function signatureMatches({ header, signed, signature }: Jwt, key: KeyObject): boolean {
  const options = verificationKey(header['alg'], key);
  if (options === undefined) return false;
  const kind = header['alg'] === 'ES256' ? 'ec' : 'rsa';
  return key.asymmetricKeyType === kind && verify('sha256', signed, options, signature);
}

/** Signs with ES256: its keys are made at once. */
export class Signer {
  readonly keyId = randomUUID();
  readonly publicKey: KeyObject;
  private readonly privateKey: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.publicKey = publicKey;
    this.privateKey = privateKey;
  }

  sign(claims: Claims): string {
    const text = `${encode({ typ: 'JWT', alg: 'ES256', kid: this.keyId })}.${encode(claims)}`;
    const key = { key: this.privateKey, dsaEncoding: 'ieee-p1363' as const };
    return `${text}.${sign('sha256', Buffer.from(text), key).toString('base64url')}`;
  }
}
