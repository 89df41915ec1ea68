import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CheckStep } from '@shared/model/connection';
import { createKeyStore, type KeyStore } from '@core/keys/key-store';
import { MemoryKeychain } from '@test/support/memory-keychain';
import {
  documentFromBytes,
  documentFromText,
  documentToText,
  mapDocument,
  textEntry,
  type SecretDocument,
} from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import { FakeRuntime, standingTime } from '@test/support/fake-runtime';
import { filesHolding } from '@test/support/files-holding';
import { filesIn, temporaryDirectory } from '@test/support/temporary-directory';
import { type SecretsProvider } from '../provider';
import { asRevision } from '@core/secrets/revision';
import { seal } from '@core/keys/envelope';
import { createLocalVaultFactory } from './factory';

// Every write waits for the disk.
vi.setConfig({ testTimeout: 60_000 });

const DAY = 24 * 60 * 60 * 1000;

const { signal } = new AbortController();
const options = { signal };

let directory: string;
let keychain: MemoryKeychain;
let keys: KeyStore;
let vault: SecretsProvider;
let runtime: FakeRuntime;

function start(): void {
  keys = createKeyStore({ dataDirectory: directory, keychain });
  vault = createLocalVaultFactory({ dataDirectory: directory, keys, runtime }).create({
    values: { autoSync: true, folder: '/' },
    credentials: {},
  });
}

beforeEach(() => {
  directory = temporaryDirectory();
  keychain = new MemoryKeychain();
  runtime = new FakeRuntime(standingTime(Date.UTC(2026, 0, 1)));
  start();
});

const file = (): string => join(directory, 'local-vault.enc');
const code = (expected: string): object => expect.objectContaining({ code: expected });
const production = (value = 'db.prod.internal'): SecretDocument =>
  mapDocument([['DB_HOST', textEntry(value)]]);

const textOf = async (path: string): Promise<string> => {
  const { document } = await vault.read(path, options);
  if (document.shape === 'binary') throw new Error('binary');
  return documentToText(document);
};

const paths = async (): Promise<string[]> =>
  (await vault.list(options)).secrets.map(({ path }) => path);

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

describe('a fresh local vault', () => {
  it('is empty, makes no file and needs no key', async () => {
    keychain.problem = 'There is no keychain.';
    await expect(vault.list(options)).resolves.toEqual({ secrets: [], unlisted: [] });
    await expect(vault.read('production', options)).rejects.toThrow(code('NOT_FOUND'));
    await expect(collect(vault.readMany(['a'], options))).resolves.toEqual([
      { path: 'a', error: code('NOT_FOUND') },
    ]);
    expect(filesIn(directory)).toEqual([]);
  });

  it('asks for a choice at the first write where there is no keychain', async () => {
    keychain.problem = 'There is no keychain.';
    await expect(vault.write('a', production(), null, options)).rejects.toThrow(
      code('KEY_CHOICE_NEEDED'),
    );
    expect(filesIn(directory)).not.toContain('local-vault.enc');
  });
});

describe('a secret', () => {
  it('comes back as it was written, after a restart too', async () => {
    const revision = (await vault.write('production', production(), null, options)).revision;
    start();
    await expect(vault.read('production', options)).resolves.toMatchObject({
      path: 'production',
      revision,
      version: 'v1',
      modifiedAt: new Date(runtime.now()),
    });
    await expect(textOf('production')).resolves.toBe('{"DB_HOST":"db.prod.internal"}');
  });

  it.skipIf(process.platform === 'win32')('lies in a file for its owner alone', async () => {
    await vault.write('production', production(), null, options);
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    await expect(filesHolding(directory, Buffer.from('db.prod.internal'))).resolves.toEqual([]);
    await expect(filesHolding(directory, Buffer.from('DB_HOST'))).resolves.toEqual([]);
  });

  it('may have any path and any text', async () => {
    const segment = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((text) => !/[/\p{Cc}]/u.test(text));
    const path = fc.array(segment, { minLength: 1, maxLength: 3 }).map((each) => each.join('/'));
    await fc.assert(
      fc.asyncProperty(path, fc.string({ unit: 'grapheme' }), async (suffix, text) => {
        const unique = `${randomUUID()}/${suffix}`;
        const document = documentFromText(text);
        const revision = (await vault.write(unique, document, null, options)).revision;
        const snapshot = await vault.read(unique, options);
        expect(snapshot.revision).toBe(revision);
        await expect(textOf(unique)).resolves.toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it.each(['__proto__', 'constructor', '1', 'a b%20?#{{x}}'])('may be called %s', async (path) => {
    await vault.write('zero', production(), null, options);
    await vault.write(path, production(path), null, options);
    expect(await paths()).toEqual([path, 'zero'].toSorted());
    await expect(textOf(path)).resolves.toBe(JSON.stringify({ DB_HOST: path }));
  });

  it.each(['', '/a', 'a/', 'a//b', 'a\nb', 'a\0b'])('may not be called %j', async (path) => {
    await expect(vault.write(path, production(), null, options)).rejects.toThrow(
      code('NAME_NOT_ALLOWED'),
    );
  });

  it('keeps numbers, nested values and the order of keys as they were', async () => {
    const text =
      '{"z":12345678901234567890,"10":1.10,"2":{"b":[true,null],"a":"x"},"__proto__":"y"}';
    await vault.write('a', documentFromText(text), null, options);
    await expect(textOf('a')).resolves.toBe(text);
  });

  it('may be binary', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const revision = (await vault.write('a', documentFromBytes(bytes), null, options)).revision;
    const { document, revision: read } = await vault.read('a', options);
    expect(document).toMatchObject({ shape: 'binary', bytes: 256 });
    expect(read).toBe(revision);
    expect(document.shape === 'binary' && document.base64.reveal()).toBe(
      Buffer.from(bytes).toString('base64'),
    );
  });

  it('that is a text which happens to be a JSON object has one revision', async () => {
    const document = { shape: 'text', text: new Secret('{"a": 1}') } as const;
    const revision = (await vault.write('a', document, null, options)).revision;
    expect((await vault.read('a', options)).revision).toBe(revision);
  });
});

describe('writing', () => {
  it('creates only where nothing is', async () => {
    await vault.write('a', production('first'), null, options);
    await expect(vault.write('a', production('second'), null, options)).rejects.toThrow(
      code('ALREADY_EXISTS'),
    );
    await expect(textOf('a')).resolves.toContain('first');
  });

  it('replaces only what was read', async () => {
    const first = (await vault.write('a', production('first'), null, options)).revision;
    await runtime.advance(1000);
    const second = (await vault.write('a', production('second'), first, options)).revision;
    await expect(vault.write('a', production('lost'), first, options)).rejects.toThrow(
      code('CONFLICT'),
    );
    await expect(vault.read('a', options)).resolves.toMatchObject({
      revision: second,
      version: 'v2',
      modifiedAt: new Date(runtime.now()),
    });
    await expect(textOf('a')).resolves.toContain('second');
  });

  it('takes a write that is there already for done', async () => {
    const base = (await vault.write('a', production('base'), null, options)).revision;
    const written = await vault.write('a', production('mine'), base, options);
    await expect(vault.write('a', production('mine'), base, options)).resolves.toEqual(written);
    await expect(vault.write('a', production('other'), base, options)).rejects.toThrow(
      code('CONFLICT'),
    );
    expect((await vault.read('a', options)).version).toBe('v2');
  });

  it('of one key leaves the others as they are', async () => {
    const text = '{"z":12345678901234567890,"A":"old","10":1.10,"n":{"b":[true,null]},"e":1e400}';
    const { revision } = await vault.write('a', documentFromText(text), null, options);
    const { document } = await vault.read('a', options);
    if (document.shape !== 'map') throw new Error('A map was expected');
    const edited = mapDocument([...document.entries, ['A', textEntry('new')] as const]);
    await vault.write('a', edited, revision, options);
    await expect(textOf('a')).resolves.toBe(text.replace('old', 'new'));
  });

  it('finds out that what was read has been removed', async () => {
    const revision = (await vault.write('a', production(), null, options)).revision;
    await vault.remove('a', revision, options);
    await expect(vault.write('a', production(), revision, options)).rejects.toThrow(
      code('CONFLICT'),
    );
    expect(await paths()).toEqual([]);
  });

  it('lets one of many at once win', async () => {
    const base = (await vault.write('a', production('base'), null, options)).revision;
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, index) =>
        vault.write('a', production(String(index)), base, options),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await vault.read('a', options)).version).toBe('v2');
  });

  it('keeps all of many at once, from several connections', async () => {
    const factory = createLocalVaultFactory({ dataDirectory: directory, keys });
    const settings = { values: { autoSync: true, folder: '/' }, credentials: {} };
    const connections = [factory.create(settings), factory.create(settings)];
    await Promise.all(
      connections.flatMap((connection, index) =>
        Array.from({ length: 100 }, (_, each) =>
          connection.write(`env-${String(index)}-${String(each)}`, production(), null, options),
        ),
      ),
    );
    start();
    expect(await paths()).toHaveLength(200);
  });

  it('says when the disk refuses, and loses nothing', async () => {
    const revision = (await vault.write('a', production('kept'), null, options)).revision;
    mkdirSync(`${file()}.new`);
    writeFileSync(join(`${file()}.new`, 'in the way'), '');
    await expect(vault.write('a', production('lost'), revision, options)).rejects.toThrow(
      code('STORAGE_FAILED'),
    );
    await expect(textOf('a')).resolves.toContain('kept');
  });
});

describe('removing', () => {
  it('takes it out of the list, recoverably for 30 days', async () => {
    const revision = (await vault.write('a', production('binned'), null, options)).revision;
    await expect(vault.remove('a', revision, options)).resolves.toEqual({
      recoverable: true,
      until: new Date(runtime.now() + 30 * DAY),
    });
    expect(await paths()).toEqual([]);
    await expect(vault.read('a', options)).rejects.toThrow(code('NOT_FOUND'));
    await expect(vault.remove('a', revision, options)).rejects.toThrow(code('NOT_FOUND'));
    await vault.write('a', production('again'), null, options);
    expect((await vault.read('a', options)).version).toBe('v1');
  });

  it('removes only what was read', async () => {
    await vault.write('a', production(), null, options);
    await expect(vault.remove('a', asRevision('another'), options)).rejects.toThrow(
      code('CONFLICT'),
    );
    expect(await paths()).toEqual(['a']);
  });

  it('forgets what has been in the bin for 30 days', async () => {
    const long = production('x'.repeat(10_000));
    const { revision } = await vault.write('a', long, null, options);
    await vault.remove('a', revision, options);
    await runtime.advance(29 * DAY);
    await vault.write('b', production(), null, options);
    expect(statSync(file()).size).toBeGreaterThan(10_000);
    await runtime.advance(2 * DAY);
    await vault.write('c', production(), null, options);
    expect(statSync(file()).size).toBeLessThan(10_000);
  });
});

describe('a glance, and bringing back', () => {
  it('tells the revision that a read gives, and what is in the bin until when', async () => {
    expect(await vault.glance('a', options)).toEqual({ state: 'absent' });
    await vault.write('a', production(), null, options);
    const { revision, version, modifiedAt } = await vault.read('a', options);
    const present = { state: 'present', revision, version, modifiedAt };
    expect(await vault.glance('a', options)).toEqual(present);
    await vault.remove('a', revision, options);
    const until = new Date(runtime.now() + 30 * DAY);
    const deleted = { state: 'deleted', recoverable: true, until };
    expect(await vault.glance('a', options)).toEqual(deleted);
    await runtime.advance(31 * DAY);
    expect(await vault.glance('a', options)).toEqual({ state: 'absent' });
    await expect(vault.undelete('a', options)).rejects.toThrow(code('NOT_FOUND'));
  });

  it('brings back what was removed last, and leaves alone what is there', async () => {
    for (const text of ['first', 'second']) {
      const { revision } = await vault.write('a', production(text), null, options);
      await vault.remove('a', revision, options);
    }
    await vault.undelete('a', options);
    await expect(textOf('a')).resolves.toContain('second');
    await vault.undelete('a', options);
    await expect(textOf('a')).resolves.toContain('second');
    const { revision } = await vault.read('a', options);
    await vault.remove('a', revision, options);
    start();
    await vault.undelete('a', options);
    expect(await vault.read('a', options)).toMatchObject({ revision });
  });

  it('has no versions but the newest', async () => {
    const first = (await vault.write('a', production('first'), null, options)).revision;
    const second = (await vault.write('a', production('second'), first, options)).revision;
    expect(await vault.versions('a', options)).toEqual({ isKept: false });
    const newest = await vault.readVersion('a', second, options);
    expect(newest).toEqual(await vault.read('a', options));
    await expect(vault.readVersion('a', first, options)).rejects.toThrow(code('NOT_FOUND'));
  });
});

describe('a file that cannot be read', () => {
  beforeEach(async () => {
    await vault.write('a', production(), null, options);
  });

  const damages: readonly (readonly [string, () => void])[] = [
    [
      'is garbage',
      () => {
        writeFileSync(file(), 'not an envelope at all');
      },
    ],
    [
      'was cut short',
      () => {
        truncateSync(file(), statSync(file()).size - 7);
      },
    ],
    [
      'is empty',
      () => {
        truncateSync(file(), 0);
      },
    ],
    [
      'was sealed with another key',
      () => {
        keychain.entries.set(
          [...keychain.entries.keys()][0] ?? '',
          Buffer.alloc(32, 9).toString('base64'),
        );
        start();
      },
    ],
  ];

  it.each(damages)('as it %s is left as it is', async (_, damage) => {
    damage();
    const before = readFileSync(file());
    const unreadable = expect.objectContaining({
      code: 'LOCAL_VAULT_UNREADABLE',
      message: expect.stringContaining(file()),
    });
    await expect(vault.list(options)).rejects.toThrow(unreadable);
    await expect(vault.read('a', options)).rejects.toThrow(unreadable);
    await expect(collect(vault.readMany(['a'], options))).rejects.toThrow(unreadable);
    await expect(vault.write('b', production(), null, options)).rejects.toThrow(unreadable);
    await expect(vault.remove('a', asRevision('x'), options)).rejects.toThrow(unreadable);
    expect(readFileSync(file()).equals(before)).toBe(true);
  });

  it('as it holds something else is left as it is, and not quoted', async () => {
    const sealed = seal(await keys.key(), 'local-vault', '{"version":1,"secrets":"hunter2"}');
    writeFileSync(file(), sealed);
    await expect(vault.list(options)).rejects.toSatisfy(
      (error) =>
        error instanceof Error && !JSON.stringify([error.message, error.cause]).includes('hunter2'),
    );
    expect(readFileSync(file()).equals(sealed)).toBe(true);
  });

  it('as it is of a newer version says so', async () => {
    writeFileSync(file(), seal(await keys.key(), 'local-vault', '{"version":3}'));
    await expect(vault.list(options)).rejects.toThrow(code('DATA_TOO_NEW'));
  });

  it('for want of the key is not called damaged', async () => {
    keychain.entries.clear();
    start();
    await expect(vault.list(options)).rejects.toThrow(code('KEY_MISSING'));
  });
});

describe('calls', () => {
  it('that were cancelled before they began change nothing', async () => {
    const cancelled = { signal: AbortSignal.abort() };
    await expect(vault.write('a', production(), null, cancelled)).rejects.toThrow(
      code('CANCELLED'),
    );
    await expect(vault.list(cancelled)).rejects.toThrow(code('CANCELLED'));
    await expect(vault.read('a', cancelled)).rejects.toThrow(code('CANCELLED'));
    await expect(collect(vault.readMany(['a'], cancelled))).rejects.toThrow(code('CANCELLED'));
    expect(await paths()).toEqual([]);
  });

  it('end when they are cancelled, whatever the keychain does', async () => {
    await vault.write('a', production(), null, options);
    start();
    const controller = new AbortController();
    keychain.get = () => {
      controller.abort();
      return new Promise(() => undefined);
    };
    await expect(vault.list({ signal: controller.signal })).rejects.toThrow(code('CANCELLED'));
  });

  it('tell how much there is, and read many with one look at the file', async () => {
    const all = Array.from({ length: 50 }, (_, index) => `env/${String(index)}`);
    await Promise.all(all.map((path) => vault.write(path, production(path), null, options)));
    const found: number[] = [];
    const { secrets } = await vault.list({ signal, onFound: (count) => found.push(count) });
    expect(secrets.map(({ path }) => path)).toEqual(all.toSorted());
    expect(found).toEqual([50]);
    const outcomes = await collect(vault.readMany([...all, 'gone'], options));
    expect(outcomes.filter((outcome) => 'snapshot' in outcome)).toHaveLength(50);
    expect(outcomes.at(-1)).toEqual({ path: 'gone', error: code('NOT_FOUND') });
  });
});

describe('Test Connection', () => {
  const outcome = async (): Promise<
    (readonly [string, CheckStep['status'], string | undefined])[]
  > => {
    const steps = await collect(vault.check(options));
    return steps
      .filter(({ status }) => status !== 'running')
      .map(({ label, status, detail, error }) => [label, status, detail ?? error?.code] as const);
  };

  it('says what it found', async () => {
    expect(await outcome()).toEqual([
      ['File', 'passed', 'local-vault.enc is made with the first secret.'],
      ['Key', 'passed', '0 secrets'],
      ['Writable', 'passed', directory],
    ]);
    await vault.write('a', production(), null, options);
    expect((await outcome()).slice(0, 2)).toEqual([
      ['File', 'passed', expect.stringMatching(/^local-vault\.enc, \d+ bytes$/)],
      ['Key', 'passed', '1 secret'],
    ]);
  });

  it('tells each step as it starts and as it ends', async () => {
    const steps = await collect(vault.check(options));
    expect(steps.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'file running',
      'file passed',
      'key running',
      'key passed',
      'writable running',
      'writable passed',
    ]);
    expect(
      steps.every(({ status, durationMs }) => status === 'running' || durationMs !== undefined),
    ).toBe(true);
  });

  it('stops where it fails', async () => {
    await vault.write('a', production(), null, options);
    keychain.problem = 'locked';
    start();
    expect(await outcome()).toEqual([
      ['File', 'passed', expect.any(String)],
      ['Key', 'failed', 'KEYCHAIN_FAILED'],
      ['Writable', 'not-reached', undefined],
    ]);
  });
});

describe('only for this session', () => {
  beforeEach(async () => {
    await keys.choose({ mode: 'session' });
  });

  it('everything is in memory, as the check says, and gone after a restart', async () => {
    const revision = (await vault.write('a', production(), null, options)).revision;
    expect((await vault.read('a', options)).revision).toBe(revision);
    expect(filesIn(directory)).toEqual(['key.json', 'key.json.copy']);
    const [, first] = await collect(vault.check(options));
    expect(first).toMatchObject({ status: 'warned', detail: expect.stringMatching(/memory only/) });
    start();
    expect(await paths()).toEqual([]);
  });

  it('what is in memory goes into a file when a key is kept', async () => {
    await vault.write('a', production('kept'), null, options);
    await keys.choose({ mode: 'keychain' });
    expect(filesIn(directory)).toEqual(['key.json', 'key.json.copy', 'local-vault.enc']);
    start();
    await expect(textOf('a')).resolves.toContain('kept');
  });

  it('a file with another key gives way, and stays', async () => {
    writeFileSync(file(), 'sealed with a key that is elsewhere');
    await vault.write('a', production('kept'), null, options);
    await keys.choose({ mode: 'keychain' });
    await expect(textOf('a')).resolves.toContain('kept');
    const [aside] = filesIn(directory).filter((name) => name.includes('.replaced-'));
    expect(readFileSync(join(directory, aside ?? ''), 'utf8')).toContain('elsewhere');
  });

  it('stays in memory where the keychain refuses', async () => {
    await vault.write('a', production('kept'), null, options);
    keychain.problem = 'locked';
    await expect(keys.choose({ mode: 'keychain' })).rejects.toThrow('locked');
    expect(filesIn(directory)).toEqual(['key.json', 'key.json.copy']);
    await expect(textOf('a')).resolves.toContain('kept');
    await vault.write('b', production(), null, options);
  });
});

describe('choosing “only for this session”', () => {
  it('is refused while secrets would be lost', async () => {
    const revision = (await vault.write('a', production('kept'), null, options)).revision;
    await expect(keys.choose({ mode: 'session' })).rejects.toThrow(
      'The local vault holds a secret, which would be lost when Strongroom quits.',
    );
    await expect(textOf('a')).resolves.toContain('kept');
    await vault.remove('a', revision, options);
    await keys.choose({ mode: 'session' });
    expect(filesIn(directory)).toEqual(['key.json', 'key.json.copy']);
  });

  it('leaves a file that cannot be read', async () => {
    await vault.write('a', production(), null, options);
    keychain.entries.clear();
    start();
    await keys.startOver({ mode: 'session' });
    expect(filesIn(directory)).toContain('local-vault.enc');
    expect(await paths()).toEqual([]);
  });

  it('loses nothing that is written meanwhile', async () => {
    const choosing = keys.choose({ mode: 'session' });
    const writing = vault.write('a', production('meanwhile'), null, options);
    await Promise.all([choosing, writing]);
    await expect(textOf('a')).resolves.toContain('meanwhile');
    const back = keys.choose({ mode: 'keychain' });
    await Promise.all([back, vault.write('b', production('on the way back'), null, options)]);
    start();
    expect(await paths()).toEqual(['a', 'b']);
  });
});

describe('10,000 secrets', () => {
  it('are written, listed and read in seconds', async () => {
    const document = mapDocument(
      Array.from({ length: 20 }, (_, index) => [`KEY_${String(index)}`, textEntry('x'.repeat(40))]),
    );
    const all = Array.from({ length: 10_000 }, (_, index) => `team/env-${String(index)}`);
    await Promise.all(all.map((path) => vault.write(path, document, null, options)));
    const startedAt = performance.now();
    expect(await paths()).toHaveLength(10_000);
    const outcomes = await collect(vault.readMany(all, options));
    expect(outcomes.every((outcome) => 'snapshot' in outcome)).toBe(true);
    const { revision } = await vault.read('team/env-7', options);
    await vault.write('team/env-7', production(), revision, options);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
