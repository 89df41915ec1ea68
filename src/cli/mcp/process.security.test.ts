/** `strongroom mcp` as a process, driven by the client of the official SDK, also with bad intentions. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { CallToolResult, JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openApp } from '@test/support/app';
import { buildForChild } from '@test/support/child-process';
import { TestCommand } from '@test/support/command';
import { deferred } from '@test/support/deferred';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { answeredBy, service } from '@test/support/requests';
import { temporaryDirectory } from '@test/support/temporary-directory';

const TOKEN = 'sk-live-that-nobody-may-see';
const VALUE = 'value-that-nobody-may-see';

const removals: (() => Promise<void>)[] = [];
let program: string;
/** With an environment. */
let filled: TestCommand;

beforeAll(async () => {
  program = fileURLToPath(
    await buildForChild(new URL('../bin.ts', import.meta.url), {
      atEnd: (remove) => removals.push(remove),
    }),
  );
  const folder = mkdtempSync(join(tmpdir(), 'strongroom-mcp-'));
  removals.push(async () => {
    rmSync(folder, { recursive: true, force: true });
  });
  filled = withPassphrase(folder).command;
  await addValue(filled);
});
afterAll(() => Promise.all(removals.map((remove) => remove())));

const PASSPHRASE = 'correct horse battery';

/** An environment with a value. */
async function addValue(command: TestCommand): Promise<void> {
  await command.ok(['env', 'create', 'production']);
  await command.ok(['secret', 'create', 'KEY', '-e', 'production', '--value', '-'], {
    stdin: VALUE,
  });
}

/** A grant for a host that admits a model’s client. */
async function addGrant(command: TestCommand, host: string): Promise<void> {
  const grant = ['grant', 'create', '--name', 'service', '--host', host, '--value', '-'];
  await command.ok([...grant, '--caller', 'mcp=allow'], { stdin: TOKEN });
}

/** A command whose data directory any process can open that knows the passphrase, which takes a second. */
function withPassphrase(folder: string) {
  const keychain = new MemoryKeychain();
  keychain.problem = 'There is none.';
  const file = join(folder, 'passphrase');
  writeFileSync(file, PASSPHRASE);
  const env = { STRONGROOM_PASSPHRASE_FILE: file };
  const dataDirectory = join(folder, 'data');
  return { env, command: new TestCommand({ keychain, env, dataDirectory, cwd: folder }) };
}

/** With an environment and, if there is a host, a grant for it. */
async function prepared(host?: string) {
  const { command, env } = withPassphrase(temporaryDirectory());
  cpSync(filled.dataDirectory, command.dataDirectory, { recursive: true });
  if (host !== undefined) await addGrant(command, host);
  return { command, env };
}

const argsFor = ({ dataDirectory }: TestCommand): string[] => [
  program,
  '--data-dir',
  dataDirectory,
  'mcp',
];

/** A client that keeps everything that it receives. */
async function connected(command: TestCommand, env: Readonly<Record<string, string>> = {}) {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: argsFor(command),
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stderr: 'pipe',
  });
  const received: string[] = [];
  transport.stderr?.on('data', (chunk: Buffer) => received.push(chunk.toString()));
  const client = new Client({ name: 'hostile', version: '6.6.6' });
  await client.connect(transport);
  const deliver = transport.onmessage;
  Object.assign(transport, {
    onmessage: (message: JSONRPCMessage) => {
      received.push(JSON.stringify(message));
      deliver?.(message);
    },
  });
  onTestFinished(() => client.close());
  const call = (name: string, given: Record<string, unknown> = {}) =>
    client.callTool({ name, arguments: given }) as Promise<CallToolResult>;
  return { client, call, transport, everything: () => received.join('\n') };
}

const textOf = ({ content }: CallToolResult): string =>
  content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');

const request = (url: string, more: Record<string, unknown> = {}) => ({
  grant: 'service',
  method: 'GET',
  url,
  reason: 'because',
  ...more,
});

/** Answers with all that it was sent, in several encodings. */
const echo = () =>
  service((incoming, response) => {
    const seen = JSON.stringify([incoming.url, incoming.rawHeaders]);
    incoming.resume().on('end', () => {
      response.setHeader('X-Seen', encodeURIComponent(seen));
      response.end(
        `${seen}\n${Buffer.from(incoming.headers.authorization ?? '').toString('base64')}`,
      );
    });
  });

describe('strongroom mcp', () => {
  it('gives a hostile client no value, by no tool, resource, prompt or error', async () => {
    const host = await echo();
    const { command, env } = await prepared(host.url);
    const { client, call, everything } = await connected(command, env);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'list_environments',
      'describe_environment',
      'list_grants',
      'describe_grant',
      'make_request',
    ]);
    expect(client.getServerCapabilities()).toEqual({ logging: {}, tools: { listChanged: true } });
    for (const attempt of [
      client.listResources(),
      client.readResource({ uri: 'strongroom://production/KEY' }),
      client.listPrompts(),
      client.getPrompt({ name: 'KEY' }),
      client.complete({
        ref: { type: 'ref/prompt', name: 'x' },
        argument: { name: 'a', value: '' },
      }),
    ]) {
      await expect(attempt).rejects.toThrow(/does not support|Method not found/);
    }
    for (const name of [
      'get_secret',
      'reveal',
      'variables.get',
      'run',
      '__proto__',
      'constructor',
    ]) {
      expect(await call(name, { environment: 'production', key: 'KEY' })).toMatchObject({
        isError: true,
      });
    }
    await call('describe_environment', { environment: 'production' });
    await call('describe_environment', { environment: '@production/KEY' });
    await call('describe_grant', { grant: 'service' });
    await call('describe_grant', { grant: '{token}' });
    const answers = [
      await call('make_request', request(`${host.url}/?q={token}`)),
      await call(
        'make_request',
        request(host.url, { headers: { 'X-Copy': '{token} @production/KEY' } }),
      ),
      await call(
        'make_request',
        request(host.url, { method: 'POST', body: '{{ @production/KEY }}' }),
      ),
      await call('make_request', request(host.url, { reason: '{token}' })),
      await call('make_request', request(host.url, { max_body_bytes: 60 })),
    ];
    for (const answer of answers) expect(answer.structuredContent).toMatchObject({ status: 200 });
    for (const refused of [
      request(host.url, { headers: { Authorization: 'mine' } }),
      request(host.url, { headers: { 'X-A': 'a\r\nX-B: b' } }),
      request('http://evil.example'),
      request(host.url, { method: 'TRACE' }),
    ]) {
      expect(await call('make_request', refused)).toMatchObject({ isError: true });
    }
    // It was used, and so there was something to leak.
    expect(host.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
    for (const secret of [TOKEN, VALUE]) {
      for (const form of [
        secret,
        Buffer.from(secret).toString('base64'),
        encodeURIComponent(secret),
      ]) {
        expect(everything()).not.toContain(form);
      }
    }
  });

  it('asks a person by default, and refuses if nobody can be asked', async () => {
    const host = await service(answeredBy('secret data'));
    const { command, env } = await prepared(host.url);
    await command.ok(['grant', 'update', 'service', '--caller', 'mcp=ask']);
    const { call } = await connected(command, env);
    const refused = await call('make_request', request(host.url));
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toContain('no window of Strongroom is open to ask in');
    expect(host.requests).toEqual([]);
  });

  it('lets go of the data between its calls, so that the app can start', async () => {
    const host = await service(answeredBy('done'));
    const { command, env } = await prepared(host.url);
    const { call } = await connected(command, env);
    const several = await Promise.all([
      call('list_grants'),
      call('make_request', request(host.url)),
      call('make_request', request(host.url)),
    ]);
    for (const each of several) expect(each.isError).toBeUndefined();
    await expect
      .poll(() => existsSync(join(command.dataDirectory, 'holder.json')), { timeout: 10_000 })
      .toBe(false);
    const caller = { kind: 'mcp', process: { name: 'hostile' }, claimed: true };
    expect(await command.json(['audit', '--event', 'request'])).toMatchObject([
      { caller },
      { caller },
    ]);
  });

  it.skipIf(process.platform === 'win32')(
    'uses the app that is open, under the name of the client',
    async () => {
      const host = await service(answeredBy('done'));
      const command = new TestCommand();
      await addValue(command);
      await addGrant(command, host.url);
      const core = await openApp(command);
      const { call } = await connected(command);
      expect((await call('make_request', request(host.url))).structuredContent).toMatchObject({
        body: 'done',
      });
      expect(core.audit.list({ limit: 1 })).toMatchObject([
        { caller: { kind: 'mcp', process: { name: 'hostile' }, claimed: true }, reason: 'because' },
      ]);
      // The policy can name the client.
      await command.ok(['grant', 'update', 'service', '--client', 'somebody else']);
      expect(textOf(await call('make_request', request(host.url)))).toContain('The rule “clients”');
    },
  );

  it('writes nothing but the protocol to standard output, whatever it is sent', async () => {
    const { command, env } = await prepared();
    const child = spawn(process.execPath, argsFor(command), { env: { ...process.env, ...env } });
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value as string);
    const send = (message: unknown): void => {
      child.stdin.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
    };
    send('no JSON');
    send('{"jsonrpc":"1.0"}');
    send({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 'a\nb', version: '1' },
      },
    });
    expect(await next()).toMatchObject({ id: 1, result: { serverInfo: { name: 'strongroom' } } });
    send({ jsonrpc: '2.0', method: 'notifications/initialized' });
    send({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'list_grants' } });
    expect(await next()).toMatchObject({ id: 2, result: { structuredContent: { grants: [] } } });
    send({ jsonrpc: '2.0', id: 3, method: 'no/such' });
    expect(await next()).toMatchObject({ id: 3, error: { code: -32601 } });
    const errors = text(child.stderr);
    child.stdin.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect((await lines.next()).done).toBe(true);
    expect(await errors).toBe('');
  });

  it.skipIf(process.platform === 'win32')(
    'ends by SIGTERM, and the request that is under way with it',
    async () => {
      const gone = deferred();
      const arrived = deferred();
      const host = await service((incoming, response) => {
        arrived.resolve();
        response.once('close', () => {
          gone.resolve();
        });
        incoming.resume();
      });
      const { command, env } = await prepared(host.url);
      const { call, transport } = await connected(command, env);
      const ended = call('make_request', request(host.url)).catch(() => 'closed');
      await arrived.promise;
      process.kill(transport.pid ?? 0, 'SIGTERM');
      expect(await ended).toBe('closed');
      await gone.promise;
      expect(existsSync(join(command.dataDirectory, 'holder.json'))).toBe(false);
    },
  );

  it('ends if a message is larger than it takes', async () => {
    const { command } = await prepared();
    const child = spawn(process.execPath, argsFor(command));
    child.stdin.on('error', () => undefined);
    child.stdin.write('x'.repeat(11 * 1024 * 1024));
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
