import { createHmac, hkdfSync } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { open, seal } from './envelope';
import { MasterKey } from './master-key';

const key = MasterKey.from(Buffer.alloc(32, 7));
const plaintexts = fc.uint8Array({ maxLength: 200 });
const scopes = fc.string({ unit: 'grapheme', maxLength: 40 });

const unreadable = expect.objectContaining({ code: 'CREDENTIALS_UNREADABLE' });

describe('an envelope', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(plaintexts, scopes, (plaintext, scope) => {
        expect(new Uint8Array(open(key, scope, seal(key, scope, plaintext)))).toEqual(plaintext);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(open(key, 'scope', seal(key, 'scope', text)).toString('utf8')).toBe(text);
      }),
    );
  });

  it('is opened from the middle of a larger buffer', () => {
    const sealed = seal(key, 'scope', 'text');
    const larger = Buffer.concat([Buffer.alloc(5, 1), sealed, Buffer.alloc(5, 1)]);
    const view = new Uint8Array(larger.buffer, larger.byteOffset + 5, sealed.byteLength);
    expect(open(key, 'scope', view).toString()).toBe('text');
  });

  it('is refused whichever bit of it is flipped', () => {
    const sealed = seal(key, 'scope', 'a credential of two blocks and a bit');
    for (let bit = 0; bit < sealed.byteLength * 8; bit += 1) {
      const flipped = Buffer.from(sealed);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => open(key, 'scope', flipped)).toThrow(unreadable);
    }
  });

  it('is refused when it is cut short or made longer', () => {
    fc.assert(
      fc.property(plaintexts, fc.nat(), fc.uint8Array({ minLength: 1 }), (plaintext, at, more) => {
        const sealed = seal(key, 'scope', plaintext);
        expect(() => open(key, 'scope', sealed.subarray(0, at % sealed.byteLength))).toThrow(
          unreadable,
        );
        expect(() => open(key, 'scope', Buffer.concat([sealed, more]))).toThrow(unreadable);
      }),
    );
  });

  it('is refused in another scope', () => {
    fc.assert(
      fc.property(plaintexts, scopes, scopes, (plaintext, scope, other) => {
        fc.pre(scope !== other);
        expect(() => open(key, other, seal(key, scope, plaintext))).toThrow(unreadable);
      }),
    );
  });

  it('cannot have bytes moved between its scope and its text', () => {
    const sealed = seal(key, 'ab', 'text');
    const moved = Buffer.concat([sealed.subarray(0, 1), Buffer.from('b'), sealed.subarray(1)]);
    expect(() => open(key, 'a', moved)).toThrow(unreadable);
  });

  it('is refused under another key', () => {
    fc.assert(
      fc.property(plaintexts, (plaintext) => {
        expect(() => open(MasterKey.generate(), 'scope', seal(key, 'scope', plaintext))).toThrow(
          unreadable,
        );
      }),
    );
  });

  it('never looks the same twice, and never shows its text', () => {
    const text = 'hvs.the-same-credential-every-time';
    const sealed = Array.from({ length: 100 }, () => seal(key, 'scope', text));
    expect(new Set(sealed.map((each) => each.toString('hex'))).size).toBe(100);
    expect(new Set(sealed.map((each) => each.subarray(1, 17).toString('hex'))).size).toBe(100);
    expect(sealed.every((each) => !each.includes(text))).toBe(true);
  });

  it('has the layout that files on disk rely on', () => {
    const sealed = seal(key, 'scope', 'text');
    expect(sealed.byteLength).toBe(1 + 16 + 16 + 32);
    expect(sealed[0]).toBe(1);
    const macKey = hkdfSync(
      'sha256',
      Buffer.alloc(32, 7),
      '',
      'strongroom envelope 1 authentication',
      32,
    );
    const mac = createHmac('sha256', Buffer.from(macKey))
      .update(Buffer.from([1, 0, 0, 0, 5]))
      .update('scope')
      .update(sealed.subarray(1, -32))
      .digest();
    expect(sealed.subarray(-32)).toEqual(mac);
  });

  it('made by an earlier version can still be opened', () => {
    const sealed = Buffer.from(EARLIER, 'base64');
    expect(open(key, 'earlier', sealed).toString()).toBe('kept since version 1');
  });
});

/** `seal(key, 'earlier', 'kept since version 1')` as the first release wrote it. */
const EARLIER =
  'AVvwyvpuJpaXCDWwW+gytAs3YFrhPWQfOGb0baef7+oBvjO5IvlL0VPCZlKasAXTM7XyyRUa3Pj/Gt7fBrM+x/Ik2Cqfc10yKpOQB5RS6QAQ';

describe('a master key', () => {
  it('uses separate keys for separate things', () => {
    const keys = [key.reveal(), key.encryption, key.authentication].map((each) =>
      each.toString('hex'),
    );
    expect(new Set(keys).size).toBe(3);
  });

  it('is not shown by accident', () => {
    const shown = [String(key), JSON.stringify({ key }), inspect({ key }), key.toString()];
    for (const text of shown) {
      expect(text).toContain('[master key]');
      expect(text).not.toContain('07 07');
    }
  });

  it('is zeroed when it is destroyed, and opens nothing any more', () => {
    const short = MasterKey.generate();
    const { encryption, authentication } = short;
    const sealed = seal(short, 'scope', 'text');
    short.destroy();
    expect(encryption.every((byte) => byte === 0)).toBe(true);
    expect(authentication.every((byte) => byte === 0)).toBe(true);
    const locked = expect.objectContaining({ code: 'KEY_LOCKED' });
    expect(() => open(short, 'scope', sealed)).toThrow(locked);
    expect(() => seal(short, 'scope', 'text')).toThrow(locked);
    expect(() => short.reveal()).toThrow(locked);
  });

  it('has 32 bytes and no other number', () => {
    expect(() => MasterKey.from(Buffer.alloc(31))).toThrow(RangeError);
  });
});
