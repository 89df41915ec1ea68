/** `strongroom serve` as a process: with its data, and without any, several at the same time. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { buildForChild } from '@test/support/child-process';
import { TestCommand } from '@test/support/command';
import { startTestVault } from '@test/support/core';
import { deferred } from '@test/support/deferred';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { answeredBy, service } from '@test/support/requests';
import { call } from '@test/support/serve';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { createTestCertificates } from '@test/servers/certificates';
import { vault } from '../../sdk/index';

const SECRET = 'sk-live-that-nobody-may-see';

const removals: (() => Promise<void>)[] = [];
let program: string;

beforeAll(async () => {
  program = fileURLToPath(
    await buildForChild(new URL('../bin.ts', import.meta.url), {
      atEnd: (remove) => removals.push(remove),
    }),
  );
});
afterAll(() => Promise.all(removals.map((remove) => remove())));

interface Started {
  readonly url: string;
  readonly child: ChildProcessWithoutNullStreams;
  /** The next line of its standard output, as JSON. */
  readonly line: () => Promise<Record<string, unknown>>;
  readonly errors: () => string;
  readonly ended: Promise<number | null>;
}

async function start(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Started> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = (once(child, 'exit') as Promise<[number | null]>).then(([code]) => code);
  let errors = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
      const [, at] = /^Serving at (\S+)\.$/m.exec(errors) ?? [];
      if (at !== undefined) resolve(at);
    });
    void ended.then(() => {
      reject(new Error(`It ended: ${errors}`));
    });
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    url,
    child,
    ended,
    errors: () => errors,
    line: async () => JSON.parse((await lines.next()).value as string) as Record<string, unknown>,
  };
}

describe('strongroom serve with data', () => {
  /** A data directory with a passphrase, and a grant that admits other machines. */
  async function prepared(host: string) {
    const folder = temporaryDirectory();
    const file = join(folder, 'passphrase');
    writeFileSync(file, 'correct horse battery');
    const keychain = new MemoryKeychain();
    keychain.problem = 'There is none.';
    const env = { STRONGROOM_PASSPHRASE_FILE: file };
    const command = new TestCommand({ keychain, env, cwd: folder });
    const grant = ['grant', 'create', '--name', 'service', '--host', host, '--value', '-'];
    await command.ok([...grant, '--caller', 'serve=allow'], { stdin: SECRET });
    const args = ['--data-dir', command.dataDirectory, 'serve', '--port', '0'];
    return { command, args, options: { cwd: folder, env } };
  }

  it.skipIf(process.platform === 'win32')(
    'lets clients come and go while it runs, and ends by SIGTERM when the last call has its answer',
    async () => {
      const [arrived, answer] = [deferred(), deferred()];
      const host = await service(async (_, response) => {
        arrived.resolve();
        await answer.promise;
        response.end('done');
      });
      const { command, args, options } = await prepared(host.url);
      const server = await start(args, options);
      const made = await command.run(['client', 'create', 'billing', '--grant', 'service']);
      expect(made).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^srt_[\w-]{43}\n$/) as string,
      });
      const token = made.out.trim();
      expect(await command.json(['client', 'list'])).toMatchObject([
        { name: 'billing', grants: [{ name: 'service' }], environments: [] },
      ]);
      expect(await command.run(['status'])).toMatchObject({
        out: expect.stringContaining('strongroom serve') as string,
      });
      const sent = call(server.url, '/v1/requests', {
        method: 'POST',
        token,
        body: { grant: 'service', method: 'GET', url: host.url },
      });
      await arrived.promise;
      server.child.kill('SIGTERM');
      await expect
        .poll(() => call(server.url, '/healthz').then(String, String), {
          timeout: 20_000,
        })
        .toContain('ECONNREFUSED');
      answer.resolve();
      expect((await sent).json).toMatchObject({ status: 200, body: 'done' });
      expect(await server.ended).toBe(0);
      expect(existsSync(join(command.dataDirectory, 'holder.json'))).toBe(false);
      await command.ok(['client', 'revoke', 'billing']);
      expect(await command.json(['client', 'list'])).toEqual([]);
      expect(
        await command.json(['audit', '--event', 'request,client-created,client-revoked']),
      ).toMatchObject([
        { event: 'client-revoked', detail: 'billing' },
        { event: 'request', caller: { kind: 'serve', process: { name: 'billing' } }, status: 200 },
        { event: 'client-created', detail: 'billing' },
      ]);
    },
  );

  it('changes a client, and asks for the policies that know it by name', async () => {
    // With a key in the keychain: a passphrase takes its time for each command.
    const command = new TestCommand();
    const grant = ['grant', 'create', '--name', 'service', '--host', 'https://service.example.com'];
    await command.ok([...grant, '--value', '-'], { stdin: SECRET });
    await command.ok(['client', 'create', 'billing', '--grant', 'service']);
    await command.ok(['client', 'create', 'other']);
    await command.ok(['grant', 'update', 'service', '--client', 'billing']);
    const rename = ['client', 'update', 'billing', '--name', 'invoices'];
    const refused = await command.run(rename);
    expect(refused.err).toContain('The policy of the grant “service” admits “billing”');
    const [, words = ''] = /First let it admit both: strongroom (.*)/.exec(refused.err) ?? [];
    await command.ok(words.split(' '));
    expect(await command.run([...rename, '--address', '10.0.0.0/8', '--expires', '30d'])).toEqual({
      code: 0,
      out: '',
      err: 'Changed the client “invoices”. Its token stays the same.\n',
    });
    const listed = async () => (await command.json(['client', 'list'])) as readonly object[];
    expect((await listed())[0]).toMatchObject({
      name: 'invoices',
      grants: [{ name: 'service' }],
      addresses: ['10.0.0.0/8'],
      expiresAt: expect.any(String) as string,
    });
    await command.ok(['client', 'update', 'invoices', '--clear', 'grants,addresses,expiry']);
    const [cleared] = await listed();
    expect(cleared).toMatchObject({ name: 'invoices', grants: [] });
    expect(cleared).not.toHaveProperty('addresses');
    expect(cleared).not.toHaveProperty('expiresAt');

    const failing = async (args: readonly string[]) =>
      (await command.run(['client', 'update', ...args])).err;
    expect(await failing(['invoices', '--name', 'other'])).toContain('already a client “other”');
    expect(await failing(['invoices', '--clear', 'all'])).toContain(
      '--clear does not accept “all”',
    );
    expect(await failing(['invoices'])).toContain('No changes were given.');
    expect(await failing(['invoice', '--name', 'x'])).toContain('There is no client “invoice”.');
    expect(await command.json(['audit', '--event', 'client-updated'])).toHaveLength(2);
  });

  it('says which client or grant does not exist', async () => {
    const command = new TestCommand();
    expect(await command.run(['client', 'revoke', 'nobody'])).toMatchObject({
      code: 4,
      err: expect.stringContaining('There is no client “nobody”.') as string,
    });
    expect(await command.run(['client', 'create', 'billing', '--grant', 'no'])).toMatchObject({
      code: 4,
    });
    expect(await command.run(['client', 'create', 'two words'])).toMatchObject({ code: 3 });
  });

  it.each([
    [['--host', '0.0.0.0'], 'Without TLS, tokens and values would cross the network'],
    [['--host', '::'], 'Without TLS'],
    [['--host', 'example.com'], 'is no address'],
    [
      ['--host', '10.0.0.1', '--behind-proxy', '--tls-cert', 'c', '--tls-key', 'k'],
      '--behind-proxy',
    ],
    [['--tls-cert', 'c'], 'A certificate needs its key'],
    [['--trusted-proxy', 'nginx'], 'nginx is no address or network'],
    [['--port', '70000'], 'is not valid for --port'],
  ])('refuses %j before it opens anything', async (options, sentence) => {
    const command = new TestCommand();
    const { code, err } = await command.run(['serve', ...options]);
    expect(err).toContain(sentence);
    expect(code).toBe(3);
    expect(readdirSync(command.dataDirectory)).toEqual([]);
  });
});

describe('strongroom serve without data', () => {
  /** A project whose values are in a Vault, and what its processes need. */
  async function project(host: string) {
    const store = await startTestVault();
    const cwd = temporaryDirectory();
    const settings = { url: store.url, token: store.rootToken };
    const shop = await vault('shop', { provider: 'hashicorp-vault', settings });
    onTestFinished(() => {
      shop.close();
    });
    await shop.set('SERVICE_KEY', SECRET);
    await shop.set('URL', 'https://x');
    const made = await new TestCommand().json(['client', 'token']);
    const { token, hash } = made as { readonly token: string; readonly hash: string };
    writeFileSync(
      join(cwd, 'strongroom.config.ts'),
      `import { defineConfig } from 'strongroom/sdk';
      export default defineConfig({
        grants: {
          service: {
            hosts: ['${host}'],
            secrets: { token: { vault: 'shop', key: 'SERVICE_KEY' } },
            headers: { 'Api-Version': '2' },
            policy: { methods: ['GET'] },
          },
        },
        clients: {
          billing: { tokenHash: process.env.BILLING_TOKEN_HASH, grants: ['service'], vaults: ['shop'] },
        },
      });`,
    );
    const env = {
      STRONGROOM_PROVIDER: 'hashicorp-vault',
      VAULT_ADDR: store.url,
      VAULT_TOKEN: store.rootToken,
      BILLING_TOKEN_HASH: hash,
      TMPDIR: cwd,
    };
    return { cwd, env, token, shop };
  }

  const args = ['serve', '--config', '--port', '0'];
  const body = (url: string, more: object = {}) => ({
    grant: 'service',
    method: 'GET',
    url,
    ...more,
  });

  it('runs several times at once, each with the same grants, auditing to standard output', async () => {
    const host = await service((incoming, response) => {
      response.end(`seen ${incoming.headers.authorization ?? ''}`);
    });
    const { cwd, env, token } = await project(host.url);
    const servers = [await start(args, { cwd, env }), await start(args, { cwd, env })];
    const ids = new Set<unknown>();
    const instances = new Set<unknown>();
    for (const { url, line } of servers) {
      const grants = (await call(url, '/v1/grants', { token })).json;
      expect(grants).toMatchObject({ grants: [{ name: 'service' }] });
      ids.add(JSON.stringify(grants));
      expect(await line()).toMatchObject({ event: 'protection-changed', detail: 'session' });
      expect(await line()).toMatchObject({ event: 'grant-created' });
      expect(await line()).toMatchObject({ event: 'client-created', detail: 'billing' });
      const answer = await call(url, '/v1/requests', {
        method: 'POST',
        token,
        body: body(host.url),
      });
      expect(answer.json).toMatchObject({ status: 200, body: 'seen Bearer [token]' });
      const audited = await line();
      expect(audited).toMatchObject({
        event: 'request',
        seq: 4,
        hash: expect.stringMatching(/^[\da-f]{64}$/) as string,
        caller: { kind: 'serve', process: { name: 'billing' }, address: '127.0.0.1' },
        grant: { name: 'service' },
        decision: 'allowed',
      });
      instances.add(audited['instance']);
      const refused = await call(url, '/v1/requests', {
        method: 'POST',
        token,
        body: body(host.url, { method: 'DELETE' }),
      });
      expect(refused).toMatchObject({ status: 403, json: { error: { rule: 'methods' } } });
      expect(await line()).toMatchObject({ decision: 'refused', rule: 'methods' });
      expect((await call(url, '/v1/variables?environment=shop', { token })).json).toEqual({
        variables: [
          { key: 'SERVICE_KEY', value: SECRET },
          { key: 'URL', value: 'https://x' },
        ],
      });
      expect(await line()).toMatchObject({ event: 'exported', environment: 'shop' });
    }
    expect([ids.size, instances.size]).toEqual([1, 2]);
    expect(host.requests).toHaveLength(2);
    expect(host.requests[0]?.headers).toMatchObject({
      authorization: `Bearer ${SECRET}`,
      'api-version': '2',
    });
    // One ends, the other goes on.
    servers[0]?.child.kill('SIGTERM');
    expect(await servers[0]?.ended).toBe(0);
    expect((await call(servers[1]?.url ?? '', '/healthz')).status).toBe(200);
    servers[1]?.child.kill('SIGTERM');
    expect(await servers[1]?.ended).toBe(0);
    // Nothing is left behind.
    expect(readdirSync(cwd)).toEqual(['strongroom.config.ts']);
    for (const { errors } of servers) expect(errors()).not.toContain(SECRET);
  });

  it('reads a credential again that was rotated, after the service has refused the old one', async () => {
    const host = await service((incoming, response) => {
      const isNew = incoming.headers.authorization === 'Bearer sk-live-rotated';
      response.writeHead(isNew ? 200 : 401).end();
    });
    const { cwd, env, token, shop } = await project(host.url);
    const { url } = await start(args, { cwd, env });
    const status = async (): Promise<unknown> => {
      const { json } = await call(url, '/v1/requests', {
        method: 'POST',
        token,
        body: body(host.url),
      });
      return (json as { readonly status: unknown }).status;
    };
    expect(await status()).toBe(401);
    await shop.set('SERVICE_KEY', 'sk-live-rotated');
    expect(await status()).toBe(200);
  });

  it('uses nothing if nobody reads its audit', async () => {
    const host = await service(answeredBy('done'));
    const { cwd, env, token } = await project(host.url);
    const server = await start(args, { cwd, env });
    for (let n = 0; n < 3; n += 1) await server.line();
    server.child.stdout.destroy();
    await once(server.child.stdout, 'close');
    const answer = await call(server.url, '/v1/requests', {
      method: 'POST',
      token,
      body: body(host.url),
    }).then(({ text }) => text, String);
    expect(answer).not.toContain('done');
    expect(await server.ended).toBe(0);
  });

  it('serves TLS at an address that is open to others', async () => {
    const host = await service(answeredBy('done'));
    const { cwd, env, token } = await project(host.url);
    const { authority } = createTestCertificates();
    const { cert, key } = authority.issue();
    writeFileSync(join(cwd, 'cert.pem'), cert);
    writeFileSync(join(cwd, 'key.pem'), key);
    const open = ['--host', '0.0.0.0', '--tls-cert', 'cert.pem', '--tls-key', 'key.pem'];
    const { url } = await start([...args, ...open], { cwd, env });
    const base = url.replace('0.0.0.0', '127.0.0.1');
    const { status } = await call(base, '/v1/grants', { token, ca: authority.cert });
    expect(status).toBe(200);
  });

  it.each([
    ['no client', 'grants: {}', 'has no clients'],
    [
      'a client without a hash',
      'clients: { a: { tokenHash: process.env.NONE } }',
      'has no “tokenHash”',
    ],
    ['a hash that is a token', `clients: { a: { tokenHash: 'srt_x' } }`, 'clients.a.tokenHash'],
    [
      'a grant that is not declared',
      `clients: { a: { tokenHash: '${'0'.repeat(64)}', grants: ['b'] } }`,
      'names the grant “b”',
    ],
    [
      'a misspelt setting',
      `grants: { b: { hosts: ['x.example'], secrets: {}, polcy: {} } }, clients: {}`,
      'grants.b',
    ],
    [
      'a grant whose secret is missing',
      `grants: { b: { hosts: ['x.example'], secrets: {} } }, clients: { a: { tokenHash: '${'0'.repeat(64)}' } }`,
      'The secret token is missing',
    ],
  ])('refuses a configuration with %s', async (_, text, sentence) => {
    const command = new TestCommand();
    writeFileSync(join(command.cwd, 'strongroom.config.ts'), `export default { ${text} };`);
    const { code, err } = await command.run(['serve', '--config', '--port', '0']);
    expect(err).toContain(sentence);
    expect(code).toBeGreaterThan(0);
  });
});
