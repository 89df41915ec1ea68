import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AppError } from '@shared/errors';
import { createAuthority, createTestCertificates } from '@test/servers/certificates';
import { Secret } from '@core/secrets/secret';
import { readCertificateFiles, type FileValues } from './files';

const { authority, client, valid } = createTestCertificates();
const other = createAuthority('Another CA');
const encrypt = (key: string, passphrase: string): string =>
  createPrivateKey(key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString();

let directory = '';
const at = (name: string): string => join(directory, name);
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'strongroom-certificates-'));
  const files = {
    'ca.pem': authority.cert,
    'bundle.pem': `# two of them\n${authority.cert}\n\n${other.cert}`,
    'client.pem': client.cert,
    'chain.pem': `${authority.cert}${client.cert}`,
    'client.key': client.key,
    'both.pem': `${client.key}${client.cert}`,
    'other.key': valid.key,
    'encrypted.key': encrypt(client.key, 'correct horse'),
    'notes.txt': 'hunter2',
    'der.crt': Buffer.from(authority.cert.replaceAll(/-----.+-----|\s/g, ''), 'base64'),
    'damaged.pem': authority.cert.replace(/\n[A-Za-z0-9+/]{64}\n/, '\nhunter2hunter2\n'),
    'damaged.key': client.key.replace(/\n[A-Za-z0-9+/]{64}\n/, '\nhunter2hunter2\n'),
    'large.pem': Buffer.alloc(1024 * 1024 + 1),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
  mkdirSync(at('folder'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const read = (values: Partial<FileValues>, passphrase?: string) =>
  readCertificateFiles(
    {
      caFile: '',
      clientCertFile: '',
      clientKeyFile: '',
      ...Object.fromEntries(Object.entries(values).map(([name, file]) => [name, at(file)])),
    },
    passphrase === undefined ? undefined : new Secret(passphrase),
  );

async function failure(work: Promise<unknown>): Promise<AppError> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({ code: 'INVALID_CONFIGURATION' });
  return error as AppError;
}

describe('files that can be used', () => {
  it('are read, with everything in them', async () => {
    expect(await read({})).toEqual({ authorities: [], client: undefined });
    expect((await read({ caFile: 'ca.pem' })).authorities).toHaveLength(1);
    expect((await read({ caFile: 'bundle.pem' })).authorities).toHaveLength(2);
    const pair = { clientCertFile: 'client.pem', clientKeyFile: 'client.key' };
    expect((await read(pair)).client).toMatchObject({ passphrase: undefined });
  });

  it('hold key and certificate together, or the certificate after others', async () => {
    expect((await read({ clientCertFile: 'both.pem' })).client?.parsed.subject).toContain(
      'Strongroom test client',
    );
    const chain = { clientCertFile: 'chain.pem', clientKeyFile: 'client.key' };
    const found = (await read(chain)).client;
    expect(found?.cert.trimStart().startsWith(client.cert.trimEnd())).toBe(true);
    expect(found?.cert).toContain(authority.cert.trim());
  });

  it('are decrypted with the passphrase', async () => {
    const pair = { clientCertFile: 'client.pem', clientKeyFile: 'encrypted.key' };
    expect((await read(pair, 'correct horse')).client?.passphrase).toBe('correct horse');
  });

  it('are looked for in the home directory where the path says so', async () => {
    vi.stubEnv('HOME', directory);
    expect(homedir()).toBe(directory);
    const values = { caFile: '~/ca.pem', clientCertFile: '', clientKeyFile: '' };
    expect((await readCertificateFiles(values, undefined)).authorities).toHaveLength(1);
    vi.unstubAllEnvs();
  });
});

describe('a file that cannot be used', () => {
  it.each<[Partial<FileValues>, string, string]>([
    [{ caFile: 'missing.pem' }, 'caFile', 'there is no file at'],
    [{ caFile: 'ca.pem/x.pem' }, 'caFile', 'there is no file at'],
    [{ caFile: 'folder' }, 'caFile', 'this is a folder'],
    [{ caFile: 'large.pem' }, 'caFile', 'too large'],
    [{ caFile: 'notes.txt' }, 'caFile', 'holds no certificate in PEM form'],
    [{ caFile: 'der.crt' }, 'caFile', 'holds no certificate in PEM form'],
    [{ caFile: 'damaged.pem' }, 'caFile', 'is damaged'],
    [{ clientCertFile: 'missing.pem' }, 'clientCertFile', 'there is no file at'],
    [{ clientCertFile: 'client.pem' }, 'clientKeyFile', 'no private key'],
    [
      { clientCertFile: 'client.pem', clientKeyFile: 'missing.key' },
      'clientKeyFile',
      'there is no file at',
    ],
    [
      { clientCertFile: 'client.pem', clientKeyFile: 'notes.txt' },
      'clientKeyFile',
      'no private key in PEM form',
    ],
    [{ clientCertFile: 'client.pem', clientKeyFile: 'damaged.key' }, 'clientKeyFile', 'is damaged'],
    [
      { clientCertFile: 'client.pem', clientKeyFile: 'other.key' },
      'clientKeyFile',
      'does not belong to the client certificate',
    ],
    [
      { clientCertFile: 'client.pem', clientKeyFile: 'encrypted.key' },
      'clientKeyPassphrase',
      'is encrypted, and no passphrase is entered',
    ],
  ])('%j is reported at %s: %s', async (values, field, says) => {
    const error = await failure(read(values));
    expect(error.details?.field).toBe(field);
    expect(error.message).toContain(says);
    expect(JSON.stringify(error.report())).not.toContain('hunter2');
  });

  it.skipIf(process.platform === 'win32').each(['caFile', 'clientCertFile', 'clientKeyFile'])(
    'may be a pipe or an endless device, which is not waited for: %s',
    async (field) => {
      const pipe = join(directory, `${field}.pipe`);
      execFileSync('mkfifo', [pipe]);
      for (const [path, says] of [
        [pipe, 'is a named pipe'],
        ['/dev/zero', 'is a device'],
      ]) {
        const values = {
          caFile: '',
          clientCertFile: field === 'clientKeyFile' ? at('client.pem') : '',
          clientKeyFile: '',
          [field]: path,
        };
        const error = await failure(readCertificateFiles(values, undefined));
        expect(error.details?.field).toBe(field);
        expect(error.message).toContain(says);
      }
    },
  );

  it('has another passphrase, which is not repeated', async () => {
    const pair = { clientCertFile: 'client.pem', clientKeyFile: 'encrypted.key' };
    const error = await failure(read(pair, 'hunter2'));
    expect(error.details?.field).toBe('clientKeyPassphrase');
    expect(JSON.stringify(error.report())).not.toContain('hunter2');
  });

  it.skipIf(process.getuid?.() === 0)('may not be read', async () => {
    writeFileSync(at('private.pem'), authority.cert);
    chmodSync(at('private.pem'), 0);
    expect((await failure(read({ caFile: 'private.pem' }))).message).toContain('may not read');
  });
});
