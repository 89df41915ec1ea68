/** Files as people have them: pipes, devices, folders, and drives that do not answer. */
import { execFileSync } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as fileSystem from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { createFileReader, readNamedFile, type ReadNamedFile } from './named-file';

const isWindows = process.platform === 'win32';

let directory: string;
const at = (name: string): string => join(directory, name);
beforeEach(() => {
  directory = temporaryDirectory();
});

const read = (path: string, signal?: AbortSignal): Promise<Buffer> =>
  readNamedFile({ path, label: 'CA certificate file', field: 'caFile' }, signal);

const refusal = (message: RegExp): object =>
  expect.objectContaining({
    code: 'INVALID_CONFIGURATION',
    message: expect.stringMatching(message),
    details: { field: 'caFile' },
  });

describe('a file that is named', () => {
  it('is read to its end', async () => {
    const content = Buffer.alloc(200_000, 'strongroom');
    writeFileSync(at('file'), content);
    expect((await read(at('file'))).equals(content)).toBe(true);
  });

  it('may have just the largest size, and no byte more', async () => {
    writeFileSync(at('largest'), Buffer.alloc(1024 * 1024));
    writeFileSync(at('larger'), Buffer.alloc(1024 * 1024 + 1));
    expect(await read(at('largest'))).toHaveLength(1024 * 1024);
    await expect(read(at('larger'))).rejects.toThrow(refusal(/too large: at most 1 MB is read/));
  });

  it.skipIf(process.platform !== 'linux')('may be one of /proc, which have no size', async () => {
    expect((await read('/proc/self/status')).toString()).toContain('Name:');
  });

  it.skipIf(isWindows)('is empty if it is the null device', async () => {
    expect(await read('/dev/null')).toHaveLength(0);
  });

  it('is refused if it is missing or a folder', async () => {
    mkdirSync(at('folder'));
    writeFileSync(at('file'), '');
    await expect(read(at('none'))).rejects.toThrow(refusal(/there is no file at/));
    await expect(read(at('file/none'))).rejects.toThrow(refusal(/there is no file at/));
    await expect(read(at('folder'))).rejects.toThrow(refusal(/this is a folder/));
  });

  it.skipIf(isWindows)('is refused if it is a pipe, a socket or a device', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    const server = createServer().listen(at('socket'));
    onTestFinished(() => void server.close());
    await expect(read(at('pipe'))).rejects.toThrow(refusal(/is a named pipe and not a regular/));
    await expect(read(at('socket'))).rejects.toThrow(refusal(/is a socket and not a regular/));
    await expect(read('/dev/zero')).rejects.toThrow(refusal(/is a device and not a regular/));
  });

  it.skipIf(isWindows)('is refused if a pipe takes its place after it was looked at', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    writeFileSync(at('file'), '');
    const swapping = createFileReader({
      files: { stat: fileSystem.stat, open: (_, flags) => fileSystem.open(at('pipe'), flags) },
    });
    await expect(swapping({ path: at('file'), label: 'File' })).rejects.toThrow(/named pipe/);
  });

  it('is not read for somebody who has left', async () => {
    writeFileSync(at('file'), '');
    await expect(read(at('file'), AbortSignal.abort())).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});

/**
 * A drive that answers when the test lets it. A real one needs the rights of an administrator.
 */
class Drive {
  readonly asked: string[] = [];
  readonly #waiting = new Map<string, () => void>();
  readonly #back = new Set<string>();
  readonly read: ReadNamedFile;

  constructor(answersWithin: number) {
    const stat = async (path: string) => {
      this.asked.push(path);
      if (path.includes('hangs') && !this.#back.has(path)) {
        await new Promise<void>((resolve) => this.#waiting.set(path, resolve));
      }
      return fileSystem.stat(path);
    };
    this.read = createFileReader({
      // Only this overload is used.
      files: { stat: stat as typeof fileSystem.stat, open: fileSystem.open },
      answersWithin,
    });
  }

  answer(path: string): void {
    this.#back.add(path);
    this.#waiting.get(path)?.();
  }
}

const named = (path: string) => ({ path, label: 'File' });

describe('a file on a drive that does not answer', () => {
  beforeEach(() => {
    for (const name of ['hangs-1', 'hangs-2', 'healthy']) writeFileSync(at(name), name);
  });

  it('is given up on, asked no second time, and read when it answers', async () => {
    const drive = new Drive(20);
    await expect(drive.read(named(at('hangs-1')))).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining('did not answer within'),
      likelyCause: expect.stringContaining('network drive'),
    });
    await expect(drive.read(named(at('hangs-1')))).rejects.toThrow(/still does not answer/);
    expect(drive.asked).toEqual([at('hangs-1')]);
    drive.answer(at('hangs-1'));
    // The first call ends first.
    await expect
      .poll(() => drive.read(named(at('hangs-1'))).catch(() => undefined))
      .toEqual(Buffer.from('hangs-1'));
  });

  it('holds up no other file, and two of them are the most', async () => {
    const drive = new Drive(500);
    await expect(drive.read(named(at('hangs-1')))).rejects.toThrow(/did not answer/);
    expect((await drive.read(named(at('healthy')))).toString()).toBe('healthy');
    await expect(drive.read(named(at('hangs-2')))).rejects.toThrow(/did not answer/);
    await expect(drive.read(named(at('healthy')))).rejects.toThrow(
      /was not read, because .*hangs-1 and .*hangs-2 do not answer/,
    );
    drive.answer(at('hangs-2'));
    await expect
      .poll(() => drive.read(named(at('healthy'))).catch(() => undefined))
      .toEqual(Buffer.from('healthy'));
  });

  it('lets a caller go at once, and the next file waits its turn', async () => {
    const drive = new Drive(60_000);
    const leaving = new AbortController();
    const left = drive.read(named(at('hangs-1')), leaving.signal);
    const next = drive.read(named(at('healthy')));
    await nextTurn();
    leaving.abort();
    await expect(left).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(drive.asked).toEqual([at('hangs-1')]);
    drive.answer(at('hangs-1'));
    expect((await next).toString()).toBe('healthy');
  });

  it.skipIf(isWindows)(
    'leaves threads for name lookups, however many pipes are asked for',
    async () => {
      const pipes = Array.from({ length: 8 }, (_, index) => at(`pipe-${String(index)}`));
      execFileSync('mkfifo', pipes);
      const answers = Promise.allSettled(pipes.map((path) => read(path)));
      expect((await lookup('localhost')).address).toMatch(/^127\.|^::1$/);
      for (const answer of await answers) expect(answer.status).toBe('rejected');
    },
  );
});
