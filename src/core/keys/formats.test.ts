/** docs/formats.md says how sealed data is read: its vectors, read as it says and by the product. */
import { createDecipheriv, createHmac, hkdfSync, scryptSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { gcmEnvelope } from './gcm-envelope';
import { open } from './envelope';
import { MasterKey } from './master-key';
import { unwrapKey, wrappedKeySchema } from './passphrase';

const page = readFileSync(new URL('../../../docs/formats.md', import.meta.url), 'utf8');

const blobSchema = z.object({ scope: z.string(), plaintext: z.string(), sealed: z.hex() });
const { masterKey, envelope1, envelope2, passphrase, pin } = z
  .object({
    masterKey: z.hex(),
    envelope1: blobSchema,
    envelope2: blobSchema,
    passphrase: z.object({ passphrase: z.string(), wrapped: wrappedKeySchema }),
    pin: z.object({ pin: z.string(), inKeychain: z.base64(), wrapped: wrappedKeySchema }),
  })
  .parse(JSON.parse(/```json\n([^]*?)\n```/.exec(page)?.[1] ?? ''));

const master = Buffer.from(masterKey, 'hex');

/** The infos of the table of keys. */
const infos = [...page.matchAll(/\| `(strongroom envelope [^`]+)` +\|/g)].map(
  ([, info = '']) => info,
);
const [encryption, authentication, grants] = infos.map((info) =>
  Buffer.from(hkdfSync('sha256', master, '', info, 32)),
);

/** Envelope 1, by the page alone. */
function readFirst(
  keys: { readonly encryption: Buffer; readonly authentication: Buffer },
  scope: string,
  blob: Buffer,
): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(scope));
  const mac = createHmac('sha256', keys.authentication)
    .update(Buffer.concat([blob.subarray(0, 1), length, Buffer.from(scope)]))
    .update(blob.subarray(1, -32))
    .digest();
  expect(blob.subarray(-32)).toEqual(mac);
  const cipher = createDecipheriv('aes-256-cbc', keys.encryption, blob.subarray(1, 17));
  return Buffer.concat([cipher.update(blob.subarray(17, -32)), cipher.final()]);
}

const required = (key: Buffer | undefined): Buffer =>
  key ?? expect.fail('The page names no such key');

it('reads envelope 1', () => {
  const keys = { encryption: required(encryption), authentication: required(authentication) };
  const blob = Buffer.from(envelope1.sealed, 'hex');
  expect(readFirst(keys, envelope1.scope, blob).toString()).toBe(envelope1.plaintext);
  expect(open(MasterKey.from(master), envelope1.scope, blob).toString()).toBe(envelope1.plaintext);
});

it('reads envelope 2', () => {
  const blob = Buffer.from(envelope2.sealed, 'hex');
  const cipher = createDecipheriv('aes-256-gcm', required(grants), blob.subarray(1, 13));
  cipher.setAAD(Buffer.concat([blob.subarray(0, 1), Buffer.from(envelope2.scope)]));
  cipher.setAuthTag(blob.subarray(-16));
  const text = Buffer.concat([cipher.update(blob.subarray(13, -16)), cipher.final()]).toString();
  expect(text).toBe(envelope2.plaintext);
  const opened = gcmEnvelope.open(MasterKey.from(master), envelope2.scope, blob);
  expect(opened.toString()).toBe(envelope2.plaintext);
});

it('reads a master key under a passphrase', async () => {
  const { N, r, p, salt, sealed } = passphrase.wrapped;
  const typed = passphrase.passphrase.normalize('NFKC');
  const derived = scryptSync(typed, Buffer.from(salt, 'base64'), 32, { N, r, p });
  const [first = '', second = ''] = infos;
  const keyFor = (info: string): Buffer => Buffer.from(hkdfSync('sha256', derived, '', info, 32));
  const keys = { encryption: keyFor(first), authentication: keyFor(second) };
  const blob = Buffer.from(sealed, 'base64');
  expect(readFirst(keys, 'master key under a passphrase', blob)).toEqual(master);
  expect((await unwrapKey(passphrase.wrapped, typed)).reveal()).toEqual(master);
});

it('reads a master key under a PIN and a key of the keychain', async () => {
  const { N, r, p, salt, sealed } = pin.wrapped;
  const beside = Buffer.from(pin.inKeychain, 'base64');
  const typed = scryptSync(pin.pin.normalize('NFKC'), Buffer.from(salt, 'base64'), 32, { N, r, p });
  const info = /and `(strongroom keychain and PIN)` as info/.exec(page)?.[1] ?? '';
  const both = Buffer.from(hkdfSync('sha256', typed, beside, info, 32));
  const [first = '', second = ''] = infos;
  const keyFor = (use: string): Buffer => Buffer.from(hkdfSync('sha256', both, '', use, 32));
  const keys = { encryption: keyFor(first), authentication: keyFor(second) };
  const blob = Buffer.from(sealed, 'base64');
  expect(readFirst(keys, 'master key under a PIN and a key of the keychain', blob)).toEqual(master);
  const opened = await unwrapKey(pin.wrapped, pin.pin, MasterKey.from(beside));
  expect(opened.reveal()).toEqual(master);
});
