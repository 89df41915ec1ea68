import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { plainFilesDescriptor } from '@shared/providers/plain-files';
import { validateForm } from '@shared/providers/descriptor';
import { systemRuntime } from '@core/runtime';
import {
  documentFromText,
  documentToText,
  mapDocument,
  textEntry,
  type SecretDocument,
} from '@core/secrets/document';
import { temporaryDirectory } from '@test/support/temporary-directory';
import type { SecretsProvider } from '../provider';
import { PlainFilesProvider } from './provider';

const { signal } = new AbortController();
const options = { signal };

let folder: string;
let provider: SecretsProvider;

const open = (path: string): SecretsProvider =>
  new PlainFilesProvider({ folder: path, autoSync: true }, systemRuntime);

beforeEach(() => {
  folder = join(temporaryDirectory(), 'environments');
  provider = open(folder);
});

const file = (name: string): string => join(folder, name);
const documentOf = (values: Readonly<Record<string, string>>): SecretDocument =>
  mapDocument(Object.entries(values).map(([key, value]) => [key, textEntry(value)] as const));
const textAt = async (path: string): Promise<string> => {
  const { document } = await provider.read(path, options);
  return document.shape === 'binary' ? '' : documentToText(document);
};
const code = (expected: string): object => expect.objectContaining({ code: expected });

function put(name: string, content: string, mode = 0o600): void {
  mkdirSync(dirname(file(name)), { recursive: true });
  writeFileSync(file(name), content);
  chmodSync(file(name), mode);
}

async function check(from = provider) {
  const steps = [];
  for await (const step of from.check(options)) if (step.status !== 'running') steps.push(step);
  return steps;
}

describe('plain files', () => {
  it('hold one environment each, which only their owner can read', async () => {
    await provider.write('shop/prod', documentOf({ A: '1' }), null, options);
    expect(readFileSync(file('shop/prod.json'), 'utf8')).toBe('{"A":"1"}');
    expect(statSync(file('shop/prod.json')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(file('shop'))).toEqual(['prod.json']);
  });

  it.skipIf(process.platform !== 'linux')('say where no folder can be made', async () => {
    const writing = open('/proc/nowhere').write('a', documentOf({ A: '1' }), null, options);
    await expect(writing).rejects.toEqual(code('STORAGE_FAILED'));
  });

  it('keep numbers and the order of keys as they were', async () => {
    put('a.json', '{"PORT":5432.10,"A":true}');
    expect(await textAt('a')).toBe('{"PORT":5432.10,"A":true}');
  });

  it('are listed with their folders, and nothing else is', async () => {
    put('b.json', '{}');
    put('shop/a.json', '{}');
    put('notes.txt', 'x');
    put('.hidden.json', '{}');
    put('with space.json', '{}');
    symlinkSync('/', file('root'));
    symlinkSync(file('b.json'), file('link.json'));
    const { secrets } = await provider.list(options);
    expect(secrets.map(({ path }) => path)).toEqual(['b', 'shop/a']);
  });

  it('of a folder that does not exist yet are none', async () => {
    expect(await provider.list(options)).toEqual({ secrets: [], unlisted: [] });
    await expect(provider.read('a', options)).rejects.toThrow(code('NOT_FOUND'));
    expect(await provider.glance('a', options)).toEqual({ state: 'absent' });
  });

  it('are not written over if somebody changed them since', async () => {
    const { revision } = await provider.write('a', documentOf({ A: '1' }), null, options);
    put('a.json', '{"A":"theirs"}');
    const mine = documentOf({ A: 'mine' });
    await expect(provider.write('a', mine, revision, options)).rejects.toThrow(code('CONFLICT'));
    await expect(provider.write('a', mine, null, options)).rejects.toThrow(code('ALREADY_EXISTS'));
    await expect(provider.remove('a', revision, options)).rejects.toThrow(code('CONFLICT'));
    expect(readFileSync(file('a.json'), 'utf8')).toBe('{"A":"theirs"}');
  });

  it('take one of many writes at the same time over the same content', async () => {
    const { revision } = await provider.write('a', documentOf({ A: '0' }), null, options);
    const writes = Array.from({ length: 8 }, (_, index) =>
      open(folder).write('a', documentOf({ A: String(index + 1) }), revision, options),
    );
    const done = (await Promise.allSettled(writes)).filter(({ status }) => status === 'fulfilled');
    expect(done).toHaveLength(1);
  });

  it('are deleted for good', async () => {
    const { revision } = await provider.write('a', documentOf({ A: '1' }), null, options);
    expect(await provider.remove('a', revision, options)).toEqual({ recoverable: false });
    expect(existsSync(file('a.json'))).toBe(false);
    await expect(provider.undelete('a', options)).rejects.toThrow(code('NOT_FOUND'));
  });

  it('keep what is not a JSON object as one text', async () => {
    put('a.json', 'not JSON');
    const { document, revision } = await provider.read('a', options);
    expect(document.shape).toBe('text');
    await provider.write('a', documentFromText('still not'), revision, options);
    expect(readFileSync(file('a.json'), 'utf8')).toBe('still not');
  });

  it('keep a value above 25 KB that is stored, and take no new one', async () => {
    const stored = { BIG: 'x'.repeat(30_000), A: '1' };
    mkdirSync(folder, { recursive: true });
    writeFileSync(file('a.json'), JSON.stringify(stored));
    const { revision } = await provider.read('a', options);
    const kept = await provider.write('a', documentOf({ ...stored, A: '2' }), revision, options);
    const larger = documentOf({ BIG: 'y'.repeat(25_601), A: '2' });
    await expect(provider.write('a', larger, kept.revision, options)).rejects.toThrow(
      'BIG takes 25,601 bytes, 1 more than the limit of 25,600 (25 KB) for one value.',
    );
    expect(provider.validate('b', larger)?.code).toBe('VALUE_OVER_LIMIT');
    expect(JSON.parse(readFileSync(file('a.json'), 'utf8'))).toEqual({ ...stored, A: '2' });
  });

  it.each([
    ['../outside', '“.”'],
    ['/etc/passwd', 'slash'],
    ['a//b', 'slash'],
    ['a/', 'slash'],
    ['', 'empty'],
    ['a b', 'a space'],
    ['a\0b', 'not allowed'],
    ['nul', 'Windows'],
    ['x'.repeat(65), '65 characters'],
  ])('do not take the path %j', async (path, says) => {
    await expect(provider.write(path, documentOf({}), null, options)).rejects.toThrow(says);
    await expect(provider.read(path, options)).rejects.toThrow(code('NAME_NOT_ALLOWED'));
    expect(provider.validate(path, documentOf({}))?.code).toBe('NAME_NOT_ALLOWED');
  });
});

describe('a folder inside a work tree of git', () => {
  const git = (...args: string[]): void => {
    execFileSync('git', args, { cwd: dirname(folder), stdio: 'ignore' });
  };

  beforeEach(() => {
    git('init');
  });

  it('is refused before anything is written', async () => {
    const refused = { code: 'INVALID_CONFIGURATION', details: { field: 'folder' } };
    const write = provider.write('a', documentOf({ A: '1' }), null, options);
    await expect(write).rejects.toMatchObject(refused);
    await expect(provider.list(options)).rejects.toMatchObject(refused);
    expect(existsSync(folder)).toBe(false);
    expect(await check()).toMatchObject([
      {
        id: 'folder',
        status: 'failed',
        error: { hint: expect.stringContaining('.gitignore') as string },
      },
      { id: 'encryption', status: 'not-reached' },
    ]);
  });

  it('is taken once git ignores it', async () => {
    writeFileSync(join(dirname(folder), '.gitignore'), '/environments/\n');
    await provider.write('a', documentOf({ A: '1' }), null, options);
    expect(await textAt('a')).toBe('{"A":"1"}');
  });
});

describe('the test of plain files', () => {
  it('says every time that nothing is encrypted', async () => {
    put('a.json', '{}');
    expect(await check()).toMatchObject([
      { id: 'folder', status: 'passed', detail: `${folder}, 1 environment` },
      { id: 'encryption', status: 'warned', detail: expect.stringContaining('None') as string },
    ]);
  });

  it('names a file that others can read', async () => {
    put('a.json', '{}', 0o644);
    const [step] = await check();
    expect(step).toMatchObject({ status: 'warned', error: { code: 'PERMISSION_DENIED' } });
    expect(step?.error?.message).toContain('a.json');
  });

  it('says that the folder is a file', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file('file'), '');
    const [step] = await check(open(file('file')));
    expect(step).toMatchObject({ status: 'failed', error: { cause: 'It is a file.' } });
  });
});

describe('the form', () => {
  it.each([
    ['', 'Enter the Folder.'],
    ['environments', 'Write the whole path, from / or ~/ on.'],
  ])('refuses %j', (path, says) => {
    const values = { folder: path, autoSync: true };
    expect(validateForm(plainFilesDescriptor, values, new Set())).toEqual({ folder: says });
  });
});
