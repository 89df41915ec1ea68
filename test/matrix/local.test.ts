/** Each fault of the file, its folder and the key, with every operation of the local vault. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import type * as FileSystem from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { seal } from '@core/keys/envelope';
import { createKeyStore, type KeyStore } from '@core/keys/key-store';
import { MemoryKeychain } from '../support/memory-keychain';
import { documentFromText, documentToText } from '@core/secrets/document';
import { temporaryDirectory } from '../support/temporary-directory';
import { createLocalVaultFactory } from '@core/providers/local-vault/factory';
import type { SecretsProvider } from '@core/providers/provider';
import { cellsOf, runRow, type Plan, type Row, type Scene } from './matrix';
import { content, newContent, oldContent, run, secrets, type Operation } from './operations';

const disk = vi.hoisted(() => ({ isFull: false }));

// A test cannot fill a disk: a write fails here as it does on a full disk.
vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof FileSystem>();
  const full = (): Error => Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' });
  const writeFile: typeof real.writeFile = async (...all) => {
    if (disk.isFull) throw full();
    await real.writeFile(...all);
  };
  const open: typeof real.open = async (...all) => {
    const handle = await real.open(...all);
    if (disk.isFull && all[1] !== 'r') vi.spyOn(handle, 'writeFile').mockRejectedValue(full());
    return handle;
  };
  return { ...real, writeFile, open };
});

const plan: Plan = {
  moments: ['first'],
  requests: {
    check: 1,
    list: 1,
    read: 1,
    readMany: 1,
    write: 1,
    remove: 1,
    // The local vault keeps no versions, so it reads nothing.
    versions: 0,
    readVersion: 1,
    glance: 1,
    undelete: 1,
  },
  steps: { cold: 'key', first: 'key', second: 'key', third: 'key' },
};

interface World {
  readonly file: string;
  readonly directory: string;
  readonly keychain: MemoryKeychain;
  readonly keys: KeyStore;
  /** Like a start of the app: nothing is cached. */
  restart(): void;
}

interface LocalRow extends Row {
  readonly strike: (world: World) => void | Promise<void>;
}

const { geteuid, seteuid } = process;
const isRoot = geteuid?.() === 0;

/** The superuser may read and write anything, so some faults need another user. */
const becomeSomebodyElse = (): void => {
  if (isRoot) seteuid?.(65_534);
};
const becomeOneself = (): void => {
  if (isRoot) seteuid?.(0);
};

const atFile = { first: 'file' } as const;

/** Reading still works. */
const onlyChanges = {
  list: 'done',
  read: 'done',
  readMany: 'done',
  readVersion: 'done',
  glance: 'done',
  check: 'writable STORAGE_FAILED',
} as const;

const DEEP = `{"version":1,"secrets":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;

const rows: readonly LocalRow[] = [
  {
    fault: 'a file that may not be read',
    code: 'LOCAL_VAULT_UNREADABLE',
    steps: atFile,
    strike: ({ file, directory }) => {
      chmodSync(directory, 0o777);
      chmodSync(file, 0);
      becomeSomebodyElse();
    },
  },
  {
    fault: 'a folder in place of the file',
    code: 'LOCAL_VAULT_UNREADABLE',
    steps: atFile,
    strike: ({ file }) => {
      rmSync(file);
      mkdirSync(file);
    },
  },
  {
    fault: 'a damaged file',
    code: 'LOCAL_VAULT_UNREADABLE',
    strike: ({ file }) => {
      const bytes = readFileSync(file);
      bytes.writeUInt8(bytes.readUInt8(80) ^ 1, 80);
      writeFileSync(file, bytes);
    },
  },
  {
    fault: 'a truncated file',
    code: 'LOCAL_VAULT_UNREADABLE',
    strike: ({ file }) => {
      truncateSync(file, 100);
    },
  },
  {
    fault: 'an empty file',
    code: 'LOCAL_VAULT_UNREADABLE',
    strike: ({ file }) => {
      truncateSync(file, 0);
    },
  },
  {
    fault: 'a file of a newer version',
    code: 'DATA_TOO_NEW',
    strike: async ({ file, keys }) => {
      writeFileSync(file, seal(await keys.key(), 'local-vault', '{"version":3}'));
    },
  },
  {
    fault: 'content nested without end',
    code: 'LOCAL_VAULT_UNREADABLE',
    strike: async ({ file, keys }) => {
      writeFileSync(file, seal(await keys.key(), 'local-vault', DEEP));
    },
  },
  {
    fault: 'a key that is missing',
    code: 'KEY_MISSING',
    strike: ({ keychain, restart }) => {
      keychain.entries.clear();
      restart();
    },
  },
  {
    fault: 'a keychain that does not answer',
    code: 'KEYCHAIN_FAILED',
    strike: ({ keychain, restart }) => {
      keychain.problem = 'locked';
      restart();
    },
  },
  {
    fault: 'a folder that may not be written',
    code: 'STORAGE_FAILED',
    except: onlyChanges,
    strike: ({ file, directory }) => {
      chmodSync(file, 0o644);
      chmodSync(directory, 0o555);
      becomeSomebodyElse();
    },
  },
  {
    fault: 'a full disk',
    code: 'STORAGE_FAILED',
    except: onlyChanges,
    strike: () => {
      disk.isFull = true;
    },
  },
];

const { signal } = new AbortController();

async function open({ strike }: LocalRow): Promise<Scene> {
  const directory = temporaryDirectory();
  const file = join(directory, 'local-vault.enc');
  const keychain = new MemoryKeychain();
  const start = (): { readonly keys: KeyStore; readonly provider: SecretsProvider } => {
    const keys = createKeyStore({ dataDirectory: directory, keychain });
    const factory = createLocalVaultFactory({ dataDirectory: directory, keys });
    return {
      keys,
      provider: factory.create({ values: { autoSync: true, folder: '/' }, credentials: {} }),
    };
  };
  let app = start();
  const restart = (): void => {
    app = start();
  };
  const write = async (path: string, text: string) =>
    (await app.provider.write(path, documentFromText(text), null, { signal })).revision;
  const first = await write(secrets.app, oldContent);
  const { revision } = await app.provider.write(secrets.app, documentFromText(content), first, {
    signal,
  });
  await write(secrets.inFolder, content);
  const gone = await write(secrets.gone, content);
  await app.provider.remove(secrets.gone, gone, { signal });
  const [bytes, entries] = [readFileSync(file), new Map(keychain.entries)];

  const repair = (): void => {
    becomeOneself();
    disk.isFull = false;
    chmodSync(directory, 0o700);
    // Undoes only what the fault did to the file, so that the effect of a change stays visible.
    if (!isWhole()) {
      rmSync(file, { recursive: true, force: true });
      writeFileSync(file, bytes, { mode: 0o600 });
    }
    chmodSync(file, 0o600);
    keychain.problem = undefined;
    for (const [name, value] of entries) keychain.entries.set(name, value);
    restart();
  };
  let struck: string | undefined;
  const look = (): string => {
    const user = geteuid?.() ?? 0;
    becomeOneself();
    const { mode } = existsSync(file) ? statSync(file) : { mode: 0 };
    const isFile = existsSync(file) && statSync(file).isFile();
    if (isFile) chmodSync(file, 0o600);
    const text = isFile ? readFileSync(file).toString('base64') : 'no file';
    if (isFile) chmodSync(file, mode);
    if (isRoot && user !== 0) becomeSomebodyElse();
    return text;
  };
  const isWhole = (): boolean => struck === bytes.toString('base64') || look() !== struck;
  const textAt = async (path: string): Promise<string | undefined> => {
    const found = await app.provider.read(path, { signal }).catch(() => undefined);
    if (found === undefined || found.document.shape === 'binary') return undefined;
    return JSON.stringify(JSON.parse(documentToText(found.document)));
  };
  return {
    run: (operation) => run(app.provider, operation, revision),
    look: () => ({ file: look() }),
    strike: async () => {
      await strike({ file, directory, keychain, keys: app.keys, restart });
      struck = look();
    },
    repair,
    hasHappened: async (operation: Operation) => {
      const changed = { write: newContent, remove: undefined }[operation as 'write'];
      return (
        (await textAt(secrets.inFolder)) === content &&
        (await textAt(secrets.gone)) === (operation === 'undelete' ? content : undefined) &&
        (await textAt(secrets.app)) === (operation === 'undelete' ? content : changed)
      );
    },
    close: async () => {
      repair();
      app.provider.dispose();
    },
  };
}

let cells = 0;

describe('the local vault', () => {
  // Sequential: the process can be only one user at a time.
  it.for(rows)('$fault', async (row) => {
    const problems = await runRow(plan, { ...row, atOnce: 1 }, open);
    cells += cellsOf(plan, row).length;
    expect(problems).toEqual([]);
  });
});

it('has run all its cells', () => {
  process.stdout.write(`fault matrix: ${String(cells)} cells of the local vault\n`);
  expect(cells).toBeGreaterThanOrEqual(110);
});
