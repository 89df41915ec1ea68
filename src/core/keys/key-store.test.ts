import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '@shared/errors';
import { filesIn, temporaryDirectory } from '@test/support/temporary-directory';
import { open, seal } from './envelope';
import { createKeyStore, type KeyStore, type SealedData } from './key-store';
import { MasterKey } from './master-key';
import { MemoryKeychain } from '@test/support/memory-keychain';

const CHEAP = { N: 2 ** 14, r: 8, p: 1 };
const PASSPHRASE = 'correct horse battery';
const ACCOUNT = '00000000-0000-4000-8000-000000000000';

let directory: string;
let keychain: MemoryKeychain;

beforeEach(() => {
  directory = temporaryDirectory();
  keychain = new MemoryKeychain();
});

const start = (): KeyStore =>
  createKeyStore({ dataDirectory: directory, keychain, passphraseCost: CHEAP });
const keyFile = (): string => join(directory, 'key.json');
const copyFile = (): string => `${keyFile()}.copy`;
const code = (expected: string): object => expect.objectContaining({ code: expected });

const nothing: SealedData['replaceKey'] = () => ({
  apply: () => undefined,
  release: () => undefined,
});

/** A store with a keychain, after its first key; and something sealed with that. */
async function withKeychain(): Promise<{ store: KeyStore; sealed: Buffer }> {
  const store = start();
  return { store, sealed: seal(await store.key(), 'scope', 'text') };
}

async function withPassphrase(): Promise<{ store: KeyStore; sealed: Buffer }> {
  const store = start();
  await store.choose({ mode: 'passphrase', passphrase: PASSPHRASE });
  return { store, sealed: seal(await store.key(), 'scope', 'text') };
}

const opens = async (store: KeyStore, sealed: Buffer): Promise<string> =>
  open(await store.key(), 'scope', sealed).toString();

describe('a fresh install', () => {
  it('is undecided and writes nothing before a key is needed', async () => {
    await expect(start().protection()).resolves.toEqual({
      mode: 'undecided',
      locked: false,
      keychain: { available: true, name: 'Test Keychain' },
    });
    expect(filesIn(directory)).toEqual([]);
    expect(keychain.entries.size).toBe(0);
  });

  it('uses the keychain without asking', async () => {
    const { store, sealed } = await withKeychain();
    expect((await store.protection()).mode).toBe('keychain');
    expect(
      [...keychain.entries.values()].map((text) => Buffer.from(text, 'base64').length),
    ).toEqual([32]);
    await expect(opens(start(), sealed)).resolves.toBe('text');
  });

  it('makes one key, however many need it at once', async () => {
    const store = start();
    const keys = await Promise.all([store.key(), store.key(), store.key()]);
    expect(new Set(keys).size).toBe(1);
    expect(keychain.entries.size).toBe(1);
  });

  it.skipIf(process.platform === 'win32')('keeps its key file to itself', async () => {
    await withKeychain();
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
  });

  it('finds the key again that was stored right before a crash', async () => {
    const { sealed } = await withKeychain();
    const { account } = JSON.parse(readFileSync(keyFile(), 'utf8')) as { account: string };
    rmSync(copyFile());
    writeFileSync(keyFile(), JSON.stringify({ version: 1, account, mode: 'undecided' }));
    await expect(opens(start(), sealed)).resolves.toBe('text');
    expect(keychain.entries.size).toBe(1);
  });

  it('asks where there is no keychain', async () => {
    keychain.problem = 'There is no keychain.';
    const store = start();
    await expect(store.key()).rejects.toThrow(code('KEY_CHOICE_NEEDED'));
    expect(await store.protection()).toMatchObject({
      mode: 'undecided',
      keychain: { available: false, problem: { message: 'There is no keychain.' } },
    });
  });

  it('asks where the keychain forgets what it is given', async () => {
    keychain.set = () => Promise.resolve();
    await expect(start().key()).rejects.toThrow(code('KEY_CHOICE_NEEDED'));
    expect((await start().protection()).mode).toBe('undecided');
  });
});

describe('with a keychain', () => {
  it('says when it fails, and goes on when it works again', async () => {
    const { sealed } = await withKeychain();
    const store = start();
    keychain.problem = 'The keyring is locked.';
    await expect(store.key()).rejects.toThrow('The keyring is locked.');
    expect(await store.protection()).toMatchObject({
      mode: 'keychain',
      keychain: { available: false },
    });
    keychain.problem = undefined;
    await expect(opens(store, sealed)).resolves.toBe('text');
    expect((await store.protection()).keychain.available).toBe(true);
  });

  it('says when the key has vanished, and makes a new one only to start over', async () => {
    const { sealed } = await withKeychain();
    const [lostAccount] = keychain.entries.keys();
    keychain.entries.clear();
    const store = start();
    await expect(store.key()).rejects.toThrow(code('KEY_MISSING'));
    expect((await store.protection()).mode).toBe('keychain');

    await expect(store.choose({ mode: 'keychain' })).rejects.toThrow(code('KEY_MISSING'));
    expect(keychain.entries.size).toBe(0);
    await store.startOver({ mode: 'keychain' });
    await expect(opens(store, sealed)).rejects.toThrow(code('CREDENTIALS_UNREADABLE'));
    expect([...keychain.entries.keys()]).toHaveLength(1);
    expect(keychain.entries.has(lostAccount ?? '')).toBe(false);
  });

  it('says when the entry holds something else', async () => {
    await withKeychain();
    for (const account of keychain.entries.keys()) keychain.entries.set(account, 'c29tZXRoaW5n');
    await expect(start().key()).rejects.toThrow(code('KEY_MISSING'));
  });

  it('keeps data directories apart', async () => {
    await withKeychain();
    directory = temporaryDirectory();
    await withKeychain();
    expect(new Set(keychain.entries.values()).size).toBe(2);
  });

  it('zeroes the key when it is locked, and fetches it again', async () => {
    const { store, sealed } = await withKeychain();
    const key = await store.key();
    store.lock();
    expect(await store.protection()).toMatchObject({ mode: 'keychain', locked: false });
    expect(() => open(key, 'scope', sealed)).toThrow(code('KEY_LOCKED'));
    await expect(opens(store, sealed)).resolves.toBe('text');
  });
});

describe('with a passphrase', () => {
  it('opens with it after a restart, and with no other', async () => {
    const { sealed } = await withPassphrase();
    expect(keychain.entries.size).toBe(0);
    const store = start();
    expect(await store.protection()).toMatchObject({ mode: 'passphrase', locked: true });
    await expect(store.key()).rejects.toThrow(code('KEY_LOCKED'));
    await expect(store.unlock('correct horse batterz')).rejects.toThrow(code('WRONG_PASSPHRASE'));
    await expect(store.unlock('')).rejects.toThrow(code('WRONG_PASSPHRASE'));
    await store.unlock(PASSPHRASE);
    expect(await store.protection()).toMatchObject({ mode: 'passphrase', locked: false });
    await expect(opens(store, sealed)).resolves.toBe('text');
  });

  it('takes the same passphrase from a keyboard that composes differently', async () => {
    await start().choose({ mode: 'passphrase', passphrase: 'Zürich 8001 ﬁ' });
    const again = start();
    await again.unlock('Zu\u0308rich 8001 fi');
    expect(await again.protection()).toMatchObject({ locked: false });
  });

  it('zeroes the key when it is locked', async () => {
    const { store, sealed } = await withPassphrase();
    const key = await store.key();
    store.lock();
    expect(await store.protection()).toMatchObject({ mode: 'passphrase', locked: true });
    expect(() => open(key, 'scope', sealed)).toThrow(code('KEY_LOCKED'));
    await expect(store.key()).rejects.toThrow(code('KEY_LOCKED'));
  });

  it('stays locked when it was locked while it was being unlocked', async () => {
    await withPassphrase();
    const store = start();
    const unlocking = store.unlock(PASSPHRASE);
    await Promise.resolve();
    store.lock();
    await expect(unlocking).rejects.toThrow(code('KEY_LOCKED'));
    expect((await store.protection()).locked).toBe(true);
  });

  it('checks the passphrase when it is unlocked already, and keeps the key that is in use', async () => {
    const { store } = await withPassphrase();
    const key = await store.key();
    await expect(store.unlock('wrong')).rejects.toThrow(code('WRONG_PASSPHRASE'));
    await store.unlock(PASSPHRASE);
    expect(await store.key()).toBe(key);
    expect(key.reveal()).toHaveLength(32);
  });

  it('can be given another passphrase, which keeps the key', async () => {
    const { store, sealed } = await withPassphrase();
    const other = { mode: 'passphrase', passphrase: 'another passphrase' } as const;
    await expect(store.choose(other)).rejects.toThrow(code('WRONG_PASSPHRASE'));
    await expect(store.choose(other, 'a guess')).rejects.toThrow(code('WRONG_PASSPHRASE'));
    await start().unlock(PASSPHRASE);
    await store.choose(other, PASSPHRASE);
    await expect(opens(store, sealed)).resolves.toBe('text');
    const again = start();
    await expect(again.unlock(PASSPHRASE)).rejects.toThrow(code('WRONG_PASSPHRASE'));
    await again.unlock('another passphrase');
    await expect(opens(again, sealed)).resolves.toBe('text');
  });

  it('costs a guess 128 MiB, and has a salt of its own', async () => {
    const salts = new Set<string>();
    for (let round = 0; round < 2; round += 1) {
      directory = temporaryDirectory();
      const store = createKeyStore({ dataDirectory: directory, keychain });
      await store.choose({ mode: 'passphrase', passphrase: PASSPHRASE });
      const content = JSON.parse(readFileSync(keyFile(), 'utf8')) as { wrapped: { salt: string } };
      expect(content).toMatchObject({ wrapped: { kdf: 'scrypt', N: 2 ** 17, r: 8, p: 1 } });
      salts.add(content.wrapped.salt);
    }
    expect(salts.size).toBe(2);
  });

  it('opens with what its file says it cost', async () => {
    const { sealed } = await withPassphrase();
    const store = createKeyStore({ dataDirectory: directory, keychain });
    await store.unlock(PASSPHRASE);
    await expect(opens(store, sealed)).resolves.toBe('text');
  });

  it('that was forgotten can be given up; the old key file stays for whoever remembers it', async () => {
    const { sealed } = await withPassphrase();
    const old = readFileSync(keyFile(), 'utf8');
    const store = start();
    await expect(store.choose({ mode: 'keychain' })).rejects.toThrow(code('KEY_LOCKED'));
    await expect(store.choose({ mode: 'keychain' }, PASSPHRASE)).rejects.toThrow(
      code('KEY_LOCKED'),
    );
    expect(readFileSync(keyFile(), 'utf8')).toBe(old);
    await store.startOver({ mode: 'keychain' });
    await expect(opens(store, sealed)).rejects.toThrow(code('CREDENTIALS_UNREADABLE'));
    const [copy] = filesIn(directory).filter((name) => name.startsWith('key.json.replaced-'));
    expect(readFileSync(join(directory, copy ?? ''), 'utf8')).toBe(old);
  });
});

describe('only for this session', () => {
  it('keeps no key anywhere, and is remembered', async () => {
    const store = start();
    await store.choose({ mode: 'session' });
    const key = (await store.key()).reveal();
    expect(store.isSession()).toBe(true);
    expect(keychain.entries.size).toBe(0);
    expect(filesIn(directory)).toEqual(['key.json', 'key.json.copy']);
    const content = readFileSync(keyFile(), 'utf8');
    expect(content).not.toContain(key.toString('base64'));

    const again = start();
    expect((await again.protection()).mode).toBe('session');
    expect((await again.key()).reveal().equals(key)).toBe(false);
  });

  it('keeps its key when it is locked, since there is no other', async () => {
    const store = start();
    await store.choose({ mode: 'session' });
    const key = await store.key();
    store.lock();
    expect(await store.protection()).toMatchObject({ mode: 'session', locked: false });
    expect(await store.key()).toBe(key);
  });
});

describe('to start over', () => {
  it('makes a new key, unlocked or not, and asks nobody', async () => {
    const { store, sealed } = await withPassphrase();
    await store.startOver({ mode: 'passphrase', passphrase: 'another passphrase' });
    await expect(opens(store, sealed)).rejects.toThrow(code('CREDENTIALS_UNREADABLE'));
    expect(filesIn(directory).filter((name) => name.includes('replaced'))).toHaveLength(1);
  });
});

describe('another choice', () => {
  const choices = {
    keychain: { mode: 'keychain' },
    passphrase: { mode: 'passphrase', passphrase: PASSPHRASE },
    session: { mode: 'session' },
  } as const;
  const modes = ['keychain', 'passphrase', 'session'] as const;
  const changes = modes.flatMap((from) => modes.map((to) => [from, to] as const));

  it.each(changes)('from %s to %s keeps the key', async (from, to) => {
    const store = start();
    await store.choose(choices[from]);
    const key = (await store.key()).reveal();
    await store.choose(choices[to], PASSPHRASE);
    expect(await store.protection()).toMatchObject({ mode: to, locked: false });
    expect((await store.key()).reveal()).toEqual(key);
    expect(keychain.entries.size).toBe(to === 'keychain' ? 1 : 0);
  });

  it('survives a restart', async () => {
    const { store, sealed } = await withPassphrase();
    await store.choose({ mode: 'keychain' }, PASSPHRASE);
    await expect(opens(start(), sealed)).resolves.toBe('text');
    expect(readFileSync(keyFile(), 'utf8')).not.toContain('scrypt');
  });

  it('that the keychain refuses changes nothing', async () => {
    const { store, sealed } = await withPassphrase();
    const before = readFileSync(keyFile(), 'utf8');
    keychain.problem = 'The keyring is locked.';
    await expect(store.choose({ mode: 'keychain' }, PASSPHRASE)).rejects.toThrow(
      'The keyring is locked.',
    );
    expect(readFileSync(keyFile(), 'utf8')).toBe(before);
    expect((await store.protection()).mode).toBe('passphrase');
    await expect(opens(store, sealed)).resolves.toBe('text');
  });

  it('that cannot be written changes nothing', async () => {
    const { store, sealed } = await withKeychain();
    rmSync(keyFile());
    mkdirSync(keyFile());
    await expect(store.choose({ mode: 'session' })).rejects.toThrow(code('STORAGE_FAILED'));
    expect((await store.protection()).mode).toBe('keychain');
    expect(keychain.entries.size).toBe(1);
    await expect(opens(store, sealed)).resolves.toBe('text');
  });

  it('succeeds where only the old entry in the keychain cannot be removed', async () => {
    const { store } = await withKeychain();
    keychain.delete = () => Promise.reject(new AppError('KEYCHAIN_FAILED'));
    await store.choose({ mode: 'session' });
    expect(await store.protection()).toMatchObject({ mode: 'session' });
  });
});

describe('sealed data', () => {
  /** Notes what it is asked to do. */
  class Recorder implements SealedData {
    readonly log: string[] = [];
    failure: 'prepare' | 'apply' | undefined;

    constructor(private readonly name: string) {}

    holdsAny(): boolean {
      return false;
    }

    prepare({ to, key }: Parameters<SealedData['prepare']>[0]): ReturnType<SealedData['prepare']> {
      if (this.failure === 'prepare') throw new AppError('INVALID_INPUT', { message: 'Refused.' });
      this.log.push(`${this.name} to ${to} ${key instanceof MasterKey ? 'with' : 'without'} key`);
      return {
        apply: () => {
          if (this.failure === 'apply') throw new AppError('STORAGE_FAILED');
          this.log.push(`${this.name} applied`);
        },
        finish: (done) => {
          this.log.push(`${this.name} finished ${String(done)}`);
        },
      };
    }

    readonly replaceKey = nothing;
  }

  it('is moved to memory and back, and not otherwise', async () => {
    const store = start();
    const data = new Recorder('a');
    store.attach(data);
    await store.choose({ mode: 'keychain' });
    await store.choose({ mode: 'passphrase', passphrase: PASSPHRASE });
    expect(data.log).toEqual([]);
    await store.choose({ mode: 'session' }, PASSPHRASE);
    await store.choose({ mode: 'keychain' });
    expect(data.log).toEqual([
      'a to session with key',
      'a applied',
      'a finished true',
      'a to disk with key',
      'a applied',
      'a finished true',
    ]);
  });

  it('comes without a key where that is out of reach', async () => {
    await withPassphrase();
    const store = start();
    const data = new Recorder('a');
    store.attach(data);
    await store.startOver({ mode: 'session' });
    expect(data.log[0]).toBe('a to session without key');
  });

  it.each(['prepare', 'apply'] as const)(
    'that fails to %s undoes the change for all of it',
    async (failure) => {
      const { store, sealed } = await withKeychain();
      const [first, second] = [new Recorder('a'), new Recorder('b')];
      second.failure = failure;
      store.attach(first);
      store.attach(second);
      await expect(store.choose({ mode: 'session' })).rejects.toThrow(AppError);
      expect(first.log.at(-1)).toBe('a finished false');
      expect((await store.protection()).mode).toBe('keychain');
      await expect(opens(store, sealed)).resolves.toBe('text');
      expect((await start().protection()).mode).toBe('keychain');
    },
  );

  it('that fails on the way to the keychain leaves no key there', async () => {
    const store = start();
    const data = new Recorder('a');
    store.attach(data);
    await store.choose({ mode: 'session' });
    data.failure = 'apply';
    await expect(store.choose({ mode: 'keychain' })).rejects.toThrow(AppError);
    expect(store.isSession()).toBe(true);
    expect(keychain.entries.size).toBe(0);
  });

  it('gets no key handed out from under it', async () => {
    const { store } = await withKeychain();
    const order: string[] = [];
    let proceed: () => void = () => undefined;
    const applying = new Promise<void>((isApplying) => {
      store.attach({
        holdsAny: () => false,
        replaceKey: nothing,
        prepare: () => ({
          apply: () => {
            isApplying();
            return new Promise<void>((resolve) => {
              proceed = resolve;
            });
          },
          finish: () => void order.push('finished'),
        }),
      });
    });
    const choosing = store.choose({ mode: 'session' });
    await applying;
    const waiting = store
      .key()
      .then(() => order.push(`key, session: ${String(store.isSession())}`));
    proceed();
    await Promise.all([choosing, waiting]);
    expect(order).toEqual(['finished', 'key, session: true']);
  });
});

describe('a lock in the middle of a change', () => {
  it('before the data was carried over undoes the change', async () => {
    const { store, sealed } = await withKeychain();
    store.attach({
      holdsAny: () => false,
      replaceKey: nothing,
      prepare: ({ key }) => ({
        apply: () => {
          store.lock();
          key?.reveal();
        },
        finish: () => undefined,
      }),
    });
    await expect(store.choose({ mode: 'session' })).rejects.toThrow(code('KEY_LOCKED'));
    expect((await store.protection()).mode).toBe('keychain');
    await expect(opens(store, sealed)).resolves.toBe('text');
  });

  it('after that leaves a session with a key that works', async () => {
    const { store } = await withKeychain();
    store.attach({
      holdsAny: () => false,
      replaceKey: nothing,
      prepare: () => ({
        apply: () => {
          store.lock();
        },
        finish: () => undefined,
      }),
    });
    await store.choose({ mode: 'session' });
    expect(store.isSession()).toBe(true);
    const sealed = seal(await store.key(), 'scope', 'text');
    await store.choose({ mode: 'keychain' });
    await expect(opens(start(), sealed)).resolves.toBe('text');
  });
});

describe('a key file', () => {
  const damages = [
    ['empty', ''],
    ['half', '{"version":1,"account":"'],
    ['of another kind', '[]'],
    ['without a version', '{"mode":"keychain"}'],
    ['with an unknown mode', '{"version":1,"account":"x","mode":"plain"}'],
    ['without a checksum', JSON.stringify({ version: 2, account: ACCOUNT, mode: 'session' })],
    [
      'that wants more memory than it should',
      JSON.stringify({
        version: 1,
        account: ACCOUNT,
        mode: 'passphrase',
        wrapped: { kdf: 'scrypt', N: 2 ** 20, r: 8, p: 1, salt: 'AAAA', sealed: 'AAAA' },
      }),
    ],
    [
      'that wants all memory',
      JSON.stringify({
        version: 1,
        account: ACCOUNT,
        mode: 'passphrase',
        wrapped: { kdf: 'scrypt', N: 2 ** 40, r: 8, p: 1, salt: 'AAAA', sealed: 'AAAA' },
      }),
    ],
  ] as const;

  it.each(damages)('%s is set aside with a notice', async (_, content) => {
    writeFileSync(keyFile(), content);
    const store = start();
    const [name, ...others] = filesIn(directory);
    expect(others).toEqual([]);
    expect(name).toMatch(/^key\.json\.damaged-/);
    expect(readFileSync(join(directory, name ?? ''), 'utf8')).toBe(content);
    expect(store.notices).toEqual([
      expect.objectContaining({
        level: 'warning',
        text: expect.stringContaining(join(directory, name ?? '')),
      }),
    ]);
    expect((await store.protection()).mode).toBe('undecided');
    await store.key();
    expect(start().notices).toEqual([]);
  });

  it('of a newer version is left alone', () => {
    writeFileSync(keyFile(), '{"version":5,"mode":"quantum"}');
    expect(start).toThrow(code('DATA_TOO_NEW'));
    expect(filesIn(directory)).toEqual(['key.json']);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'that may not be read is left alone',
    () => {
      writeFileSync(keyFile(), '{}');
      chmodSync(keyFile(), 0);
      expect(start).toThrow(code('STORAGE_FAILED'));
      expect(existsSync(keyFile())).toBe(true);
    },
  );

  const sealedData = (): SealedData => ({
    holdsAny: () => true,
    replaceKey: nothing,
    prepare: () => ({ apply: () => undefined, finish: () => undefined }),
  });

  it('with any flipped bit is restored from its copy, and no passphrase is called wrong', async () => {
    const { sealed } = await withPassphrase();
    const sound = readFileSync(keyFile());
    for (let bit = 0; bit < sound.length * 8; bit += 3) {
      const flipped = Buffer.from(sound);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(keyFile(), flipped);
      const store = start();
      expect([store.mode(), ...store.notices.map(({ id }) => id)]).toEqual(
        // White space means nothing, so that some flips change nothing.
        store.notices.length === 0 ? ['passphrase'] : ['passphrase', 'key-file-restored'],
      );
      await store.complete();
      expect(readFileSync(keyFile()).equals(sound)).toBe(true);
    }
    const store = start();
    await store.unlock(PASSPHRASE);
    await expect(opens(store, sealed)).resolves.toBe('text');
  });

  it('that is gone is restored from its copy', async () => {
    const { sealed } = await withKeychain();
    rmSync(keyFile());
    const store = start();
    await store.complete();
    await expect(opens(store, sealed)).resolves.toBe('text');
    expect(existsSync(keyFile())).toBe(true);
    expect(keychain.entries.size).toBe(1);
  });

  it('counts more than its copy, which is made the same at the start', async () => {
    const { store } = await withPassphrase();
    const older = readFileSync(copyFile());
    await store.choose({ mode: 'passphrase', passphrase: 'another passphrase' }, PASSPHRASE);
    writeFileSync(copyFile(), older);
    const again = start();
    await again.complete();
    await again.unlock('another passphrase');
    expect(readFileSync(copyFile())).toEqual(readFileSync(keyFile()));
    expect(again.notices).toEqual([]);
  });

  it('of version 1 gets a checksum and a copy', async () => {
    const { sealed } = await withKeychain();
    const { account } = JSON.parse(readFileSync(keyFile(), 'utf8')) as { account: string };
    rmSync(copyFile());
    writeFileSync(keyFile(), JSON.stringify({ version: 1, account, mode: 'keychain' }));
    const store = start();
    await store.complete();
    expect(JSON.parse(readFileSync(copyFile(), 'utf8'))).toMatchObject({ version: 2, account });
    await expect(opens(store, sealed)).resolves.toBe('text');
  });

  it.each(['damaged', 'gone'])(
    'that is %s, like its copy, leads to no new key while there is sealed data',
    async (how) => {
      await withKeychain();
      for (const file of [keyFile(), copyFile()]) {
        if (how === 'gone') rmSync(file);
        else writeFileSync(file, '{"version":2,"mode":"session"}');
      }
      const store = start();
      store.attach(sealedData());
      await expect(store.key()).rejects.toThrow(code('KEY_MISSING'));
      const passphrase = { mode: 'passphrase', passphrase: PASSPHRASE } as const;
      await expect(store.choose(passphrase)).rejects.toThrow(code('KEY_MISSING'));
      expect(keychain.entries.size).toBe(1);
      await store.startOver(passphrase);
      await expect(store.key()).resolves.toBeInstanceOf(MasterKey);
    },
  );
});
