/** The library and the command as they are installed: types and both builds, in an empty project, against the stand-ins. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createAgentRouter } from '../../src/server/agent/router';
import { signs } from '../../src/sdk/platforms';
import { standardVariables } from '../../src/sdk/settings';
import { startParameterStoreServer } from '../servers/parameter-store/server';
import { startVaultServer } from '../servers/vault/server';
import { answeringServer } from '../support/answering-http';
import { startHost } from '../support/agent';
import { grantFor, startRequests } from '../support/requests';
import { install, pack, runProgram, withoutPackages, type Ended } from '../support/package';

const root = fileURLToPath(new URL('../../', import.meta.url));
const chapter = readFileSync(join(root, 'docs', 'guide', 'library.md'), 'utf8');

/** The programs of the guide, by the name of the file in their first line. */
const examples = new Map(
  [...chapter.matchAll(/^```c?ts\n\/\/ (\S+)\n([^]*?)^```/gm)].map(([, name = '', text = '']) => [
    name,
    text,
  ]),
);

/** As both kinds of module, whose types differ in `require`. */
const program = (how: string): string => `
import { isStrongroomError, vault, webhook } from 'strongroom/sdk';
import type { Vault, VaultOptions } from 'strongroom/sdk';

async function main(): Promise<void> {
  const options: VaultOptions = { cacheFor: 1000 };
  const secrets: Vault = await vault('package-test', options);
  await secrets.set('HOW', '${how}');
  const [how, none] = await secrets.getAll(['HOW', 'NONE']);
  const found: string | undefined = how;
  // @ts-expect-error There is no such provider.
  const wrong: VaultOptions = { provider: 'nothing' };
  // @ts-expect-error Its settings are those of another provider.
  const mixed: VaultOptions = { provider: 'plain-files', settings: { url: 'x' } };
  void [none, wrong, mixed, webhook];
  const refused = await vault('not an id').catch((error: unknown) =>
    isStrongroomError(error, 'NAME_NOT_ALLOWED') ? error.code : 'another error',
  );
  const { provider, because } = secrets.describe();
  console.log(JSON.stringify({ found, all: await secrets.getAll(), refused, provider, because }));
}

void main();
`;

/** Milliseconds. */
const BUILDS_WITHIN = 300_000;

let folder: string;
let project: string;
/** What the command did, before the packages that only it needs were taken away. */
const commands: Ended[] = [];

const node = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  runProgram(process.execPath, args, { cwd: project, env: { ...bare(), ...env } });

/** Nothing of this computer decides where values live. */
const bare = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  SystemRoot: process.env['SystemRoot'],
  HOME: folder,
  USERPROFILE: folder,
  STRONGROOM_DATA_DIR: join(folder, 'no-strongroom'),
});

async function useCommand(): Promise<void> {
  const passphrase = join(folder, 'passphrase');
  writeFileSync(passphrase, 'correct horse battery');
  const env = {
    // A keychain of the person who runs this must not be asked.
    DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent',
    STRONGROOM_DATA_DIR: join(folder, 'data'),
    STRONGROOM_PASSPHRASE_FILE: passphrase,
    STRONGROOM_ENV: 'api-keys',
  };
  const strongroom = join(project, 'node_modules', 'strongroom', 'bin', 'strongroom.js');
  for (const args of [
    ['--version'],
    ['env', 'create', 'api-keys'],
    ['secret', 'create', 'STRIPE_KEY', '--file', passphrase],
    ['secret', 'get', 'STRIPE_KEY'],
    ['run', '--', process.execPath, '-p', 'process.env.STRIPE_KEY.length'],
  ]) {
    commands.push(await node([strongroom, ...args], env));
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strongroom-package-'));
  project = join(folder, 'project');
  await install(await pack(folder), project, ['@types/node']);
  await useCommand();
  // A program that only uses the library needs none of these, and so nothing that is built for a system.
  withoutPackages(project, ['libsql', '@libsql', 'keytar', 'ws', 'commander', '@clack']);
  for (const [name, text] of examples) writeFileSync(join(project, name), text);
  writeFileSync(join(project, 'program.mts'), program('ESM'));
  writeFileSync(join(project, 'program.cts'), program('CommonJS'));
  const compilerOptions = {
    target: 'ES2022',
    module: 'NodeNext',
    strict: true,
    // Its declarations must be whole by themselves.
    skipLibCheck: false,
    types: ['node'],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  // It builds, packs and installs, while other tests run.
}, BUILDS_WITHIN);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the package', () => {
  it('has the command', () => {
    const [version, created, added, value, ran] = commands;
    expect(commands.map(({ code, stderr }) => [code, code === 0 ? '' : stderr])).toEqual(
      commands.map(() => [0, '']),
    );
    expect(version?.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect([created?.stdout, added?.stdout]).not.toContain('correct horse');
    expect(value?.stdout).toBe('correct horse battery');
    expect(ran?.stdout).toBe('21\n');
  });

  it('has types for a program of either kind, and for the examples of the guide', async () => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const { code, stdout, stderr } = await node([tsc, '-p', '.']);
    expect(stdout + stderr).toBe('');
    expect(code).toBe(0);
  });

  it.each(['esm', 'cjs'])('holds neither a host, a keychain nor a database: %s', (kind) => {
    const built = join(project, 'node_modules', 'strongroom', 'out', 'sdk', kind);
    const imports = readdirSync(built)
      .filter((name) => name.endsWith('.js'))
      .flatMap((name) => [
        ...readFileSync(join(built, name), 'utf8').matchAll(
          /(?:from|import|require)\s*\(?\s*["']([^"'.][^"']*)["']/g,
        ),
      ])
      .map(([, specifier = '']) => specifier)
      .filter((specifier) => !specifier.startsWith('node:'));
    const packages = imports.map((one) =>
      one
        .split('/')
        .slice(0, one.startsWith('@') ? 2 : 1)
        .join('/'),
    );
    expect([...new Set(packages)].toSorted()).toEqual([
      '@aws-sdk/client-secrets-manager',
      '@aws-sdk/client-ssm',
      '@aws-sdk/core',
      '@aws-sdk/credential-providers',
      '@smithy/core',
      '@smithy/signature-v4',
      'google-auth-library',
      'node-vault',
      'zod',
    ]);
  });

  it.each([
    ['ESM', 'import("strongroom/sdk")'],
    ['CommonJS', 'Promise.resolve(require("strongroom/sdk"))'],
  ])('loads no provider before it is used: %s', async (_, load) => {
    // Of modules of ES only those of Node itself are listed: a provider needs HTTPS.
    const script = `
      const loaded = () => [...Object.keys(require.cache), ...process.moduleLoadList].filter((name) =>
        /node_modules.(zod|node-vault|@aws-sdk|google-auth)|NativeModule (https|tls)$/.test(name));
      ${load}.then(async (sdk) => {
        const before = loaded();
        await sdk.vault('x', { provider: 'hashicorp-vault', settings: { url: 'https://vault', token: 't' } });
        console.log(JSON.stringify([before, loaded().includes('NativeModule https')]));
      })`;
    const { stdout, stderr } = await node(['-e', script]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual([[], true]);
  });
});

interface Place {
  readonly name: string;
  readonly start: () => Promise<NodeJS.ProcessEnv>;
  readonly provider: string;
}

const startVault = async () => {
  const server = await startVaultServer();
  onTestFinished(() => server.close());
  return {
    server,
    env: {
      STRONGROOM_PROVIDER: 'hashicorp-vault',
      VAULT_ADDR: server.url,
      VAULT_TOKEN: server.rootToken,
    },
  };
};

const places: readonly Place[] = [
  { name: 'plain files', provider: 'plain-files', start: async () => ({}) },
  { name: 'Vault', provider: 'hashicorp-vault', start: async () => (await startVault()).env },
  {
    name: 'Parameter Store, in AWS',
    provider: 'aws-parameter-store',
    start: async () => {
      const server = await startParameterStoreServer();
      onTestFinished(() => server.stop());
      const { accessKeyId, secretAccessKey } = server.accessKey();
      return {
        AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
        AWS_REGION: server.region,
        AWS_ENDPOINT_URL_SSM: server.endpoint,
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      };
    },
  },
];

describe.each(places)('a program that keeps its values in $name', ({ start, provider }) => {
  it.each([
    ['ESM', 'program.mjs'],
    ['CommonJS', 'program.cjs'],
  ])('runs as %s, and ends by itself', async (how, file) => {
    const { code, stdout, stderr } = await node([file], await start());
    const warning = provider === 'plain-files' ? /^\S+ StrongroomWarning: [^\n]+\n[^\n]+\n$/ : /^$/;
    expect(stderr).toMatch(warning);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      found: how,
      all: { HOW: how },
      refused: 'NAME_NOT_ALLOWED',
      provider,
    });
  });
});

describe('the examples of the guide', () => {
  it('run, and do what they say', async () => {
    const { server, env } = await startVault();
    const kv = server.kv('secret');
    kv.put('api-keys', {
      'stripe-secret-key': 'sk',
      'sendgrid-api-key': 'sg',
      'external-api-token': 'Bearer token',
      'api-secret': 'secret',
    });
    const api = await answeringServer(() => ({ status: 204 }));
    // The address of the examples leads to a server of this test.
    const script = `const real = globalThis.fetch;
globalThis.fetch = (url, init) => real(String(url).replace('https://api.example.com', '${api.url}'), init);`;
    writeFileSync(join(project, 'preload.mjs'), script);
    const others = ['options.ts', 'refunds.ts'];
    const names = [...examples.keys()].filter((name) => !others.includes(name));
    expect(names).toHaveLength(10);
    for (const name of names) {
      const file = name.replace(/ts$/, 'js');
      const ended = await node(['--import', './preload.mjs', file], env);
      expect({ name, ...ended, stdout: '' }).toEqual({ name, code: 0, stdout: '', stderr: '' });
    }
    expect(kv.read('app-secrets')).toEqual({ API_KEY: 'sk_live_abc123', FROM: 'CommonJS' });
    expect(api.requests.map(({ method, target, body }) => [method, target, body])).toEqual([
      ['GET', '/orders', ''],
      ['POST', '/orders', '{"orderId":"order-1","amount":42}'],
    ]);
    expect(api.requests[1]!.headers).toMatchObject({
      authorization: 'Bearer token',
      'x-api-key': 'secret',
    });
  });

  it.skipIf(process.platform === 'win32')('use a grant of a running Strongroom', async () => {
    const { core } = await startRequests({});
    await startHost({ router: createAgentRouter(core.core), dataDirectory: core.dataDirectory });
    const api = await answeringServer(() => ({ status: 204 }));
    const grant = await grantFor(core, api, { token: 'sk-live-refunds' });
    const compiled = readFileSync(join(project, 'refunds.js'), 'utf8');
    const here = compiled.replace('https://api.stripe.com', api.url).replace('stripe', grant.id);
    writeFileSync(join(project, 'refunds-here.js'), here);
    const env = { STRONGROOM_DATA_DIR: core.dataDirectory };
    const ended = await node(['refunds-here.js'], env);
    expect(ended).toEqual({ code: 0, stdout: '204\n', stderr: '' });
    expect(api.requests).toMatchObject([
      { method: 'POST', body: 'charge=ch_1', headers: { authorization: 'Bearer sk-live-refunds' } },
    ]);
  });

  it('stand beside every variable that counts', () => {
    const variables = [
      ...Object.values(standardVariables).flatMap((settings) => Object.values(settings).flat()),
      ...signs.flatMap(([, names]) => names),
    ];
    expect(variables.filter((name) => !chapter.includes(`\`${name}\``))).toEqual([]);
  });
});
