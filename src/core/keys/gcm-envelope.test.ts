import { createDecipheriv, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { gcmEnvelope } from './gcm-envelope';
import { MasterKey } from './master-key';

const key = MasterKey.from(Buffer.alloc(32, 7));
const { seal, open } = gcmEnvelope;

describe('a sealed secret of a grant', () => {
  it('opens under its own scope and key', () => {
    for (const text of ['', 'sk-1', 'ü'.repeat(10_000)]) {
      expect(open(key, 'scope', seal(key, 'scope', text)).toString('utf8')).toBe(text);
    }
  });

  it('is another one each time, and holds nothing of its text', () => {
    const [one, other] = [seal(key, 'scope', 'secret-text'), seal(key, 'scope', 'secret-text')];
    expect(one.equals(other)).toBe(false);
    expect(one.includes('secret-text')).toBe(false);
  });

  it('does not open under another scope or key, or after any byte was changed', () => {
    const sealed = seal(key, 'scope', 'secret-text');
    const unreadable = expect.objectContaining({ code: 'CREDENTIALS_UNREADABLE' });
    expect(() => open(key, 'other', sealed)).toThrow(unreadable);
    expect(() => open(MasterKey.generate(), 'scope', sealed)).toThrow(unreadable);
    for (let index = 0; index < sealed.byteLength; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => open(key, 'scope', changed)).toThrow(unreadable);
    }
    expect(() => open(key, 'scope', sealed.subarray(0, 28))).toThrow(unreadable);
  });

  it('is AES-256-GCM in the layout that is written down', () => {
    const sealed = seal(key, 'scope', 'secret-text');
    const derived = hkdfSync('sha256', Buffer.alloc(32, 7), '', 'strongroom envelope 2 grants', 32);
    const decipher = createDecipheriv('aes-256-gcm', Buffer.from(derived), sealed.subarray(1, 13), {
      authTagLength: 16,
    });
    decipher.setAAD(Buffer.from('\u0002scope'));
    decipher.setAuthTag(sealed.subarray(-16));
    const text = Buffer.concat([decipher.update(sealed.subarray(13, -16)), decipher.final()]);
    expect(text.toString()).toBe('secret-text');
  });

  it('does not open once the key has been zeroed', () => {
    const brief = MasterKey.generate();
    const sealed = seal(brief, 'scope', 'x');
    brief.destroy();
    expect(() => open(brief, 'scope', sealed)).toThrow('locked');
  });
});
