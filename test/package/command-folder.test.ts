/** The command as it lies beside the packaged app: it works without the checkout and its packages. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCommandFolder } from '../../scripts/lib/command-folder.mjs';
import { startTestAws, startTestVault } from '../support/core';

const isWindows = process.platform === 'win32';

let folder: string;
/** A link as Settings makes it. */
let strongroom: string;

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(
      strongroom,
      args,
      {
        cwd: folder,
        env: {
          PATH: [dirname(process.execPath), process.env['PATH']].join(delimiter),
          DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
          STRONGROOM_DATA_DIR: join(folder, 'data'),
          STRONGROOM_PASSPHRASE_FILE: join(folder, 'passphrase'),
          ...env,
        },
      },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : error.code, stdout, stderr });
      },
    );
  });

const ok = async (args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> => {
  const { code, stdout, stderr } = await run(args, env);
  expect({ args, code, stderr }).toMatchObject({ args, code: 0 });
  return stdout;
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-command-'));
  await buildCommandFolder(join(folder, 'command'));
  writeFileSync(join(folder, 'passphrase'), 'correct horse battery');
  mkdirSync(join(folder, 'a folder'));
  strongroom = join(folder, 'a folder', 'strongroom');
  symlinkSync('../command/bin/strongroom', strongroom);
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(isWindows)('the command beside the app', () => {
  it('keeps variables in the local vault', async () => {
    await ok(['env', 'create', 'api-keys']);
    await ok(['secret', 'create', 'KEY', '-e', 'api-keys', '--value', 'first']);
    expect(await ok(['secret', 'get', 'KEY', '-e', 'api-keys'])).toBe('first');
    expect(await ok(['run', '-e', 'api-keys', '--', 'sh', '-c', 'echo ${#KEY}'])).toBe('5\n');
  });

  it('reaches Vault and AWS, whose clients it loads when they are needed', async () => {
    const vault = await startTestVault();
    const aws = await startTestAws();
    const { accessKeyId, secretAccessKey } = aws.accessKey();
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const sets = [
      ['hashicorp-vault', '--url', vault.url, '--token-file', file('token', vault.rootToken)],
      [
        `aws-secrets-manager --region us-east-1 --endpoint ${aws.endpoint}`.split(' '),
        ['--authentication', 'access-keys', '--access-key-id-file', file('id', accessKeyId)],
        ['--secret-access-key-file', file('secret', secretAccessKey)],
      ].flat(),
    ];
    for (const [provider = '', ...settings] of sets) {
      await ok(['workspace', 'create', provider]);
      const workspace = ['--workspace', provider];
      await ok(['connection', 'set', provider, ...settings, ...workspace]);
      expect(await ok(['test', ...workspace])).toContain('Permissions: ');
    }
  });

  it('says what it needs if there is no Node.js', async () => {
    const { code, stdout, stderr } = await run(['--version'], { PATH: join(folder, 'empty') });
    expect({ code, stdout }).toEqual({ code: 127, stdout: '' });
    expect(stderr).toContain(
      'The command needs Node.js 20.19 or newer, and no node is on the PATH.',
    );
  });
});
