import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AGENT_CONTRACT_VERSION } from '@shared/contract/agent/version';
import { openCore, type Core } from '@core/core';
import { findEndpoint, type Surroundings } from '@server/agent/endpoint';
import { createAgentRouter } from '@server/agent/router';
import { createWindowRouter, windowContext } from '@server/window/router';
import { connectAs, connectRaw, startHost, surroundings } from '@test/support/agent';
import { FakeRuntime } from '@test/support/fake-runtime';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { filesIn, temporaryDirectory } from '@test/support/temporary-directory';

const isWindows = process.platform === 'win32';
const permissions = (path: string): number => lstatSync(path).mode & 0o777;

const greeting = {
  contract: AGENT_CONTRACT_VERSION,
  version: '1.2.3',
  kind: 'cli',
  process: { pid: 1 },
  nonce: 'nonce',
};

async function start(dataDirectory = temporaryDirectory()) {
  const core = await openCore({
    host: 'browser',
    version: '1.2.3',
    dataDirectory,
    keychain: new MemoryKeychain(),
  });
  onTestFinished(() => core.close());
  return { core, dataDirectory, router: createAgentRouter(core) };
}

const windowOf = (core: Core) => createRouterClient(createWindowRouter(core), windowContext);

describe.skipIf(isWindows)('the agent socket', () => {
  it('can be opened by its user alone, in a folder that its user alone can enter', async () => {
    const options = await start();
    const host = await startHost(options);
    const { dataDirectory } = options;
    expect(permissions(join(dataDirectory, 'core.sock'))).toBe(0o600);
    expect(permissions(dataDirectory)).toBe(0o700);
    await host.close();
    expect(filesIn(dataDirectory)).not.toContain('core.sock');
  });

  it('is in a private folder elsewhere if others can look into the data directory', async () => {
    const options = await start();
    chmodSync(options.dataDirectory, 0o755);
    const temporary = temporaryDirectory();
    const at = { ...surroundings, temporaryDirectory: temporary };
    const host = await startHost({ ...options, surroundings: at });
    const path = findEndpoint(options.dataDirectory, at)?.path ?? '';
    expect(path.startsWith(join(temporary, 'strongroom-'))).toBe(true);
    expect(permissions(path)).toBe(0o600);
    expect(permissions(join(path, '..'))).toBe(0o700);
    expect(permissions(join(options.dataDirectory, 'core.json'))).toBe(0o600);
    expect(permissions(options.dataDirectory)).toBe(0o755);
    const connection = await connectAs(options.dataDirectory, { surroundings: at });
    expect(await connection?.client.status()).toMatchObject({ version: '1.2.3' });
    await host.close();
    expect(filesIn(temporary)).toEqual([]);
    expect(filesIn(options.dataDirectory)).not.toContain('core.json');
  });

  it('is not trusted by a client if somebody else could have put it there', async () => {
    const options = await start();
    await startHost(options);
    const { dataDirectory } = options;
    chmodSync(dataDirectory, 0o777);
    expect(await connectAs(dataDirectory)).toBeUndefined();
    chmodSync(dataDirectory, 0o700);
    expect(await connectAs(dataDirectory)).toBeDefined();
  });

  it('is not looked for at an address that others can write or that a link leads to', async () => {
    const dataDirectory = temporaryDirectory();
    const elsewhere = mkdtempSync(join(temporaryDirectory(), 'strongroom-'));
    const path = join(elsewhere, 'core.sock');
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    onTestFinished(() => {
      server.close();
    });
    const pointer = join(dataDirectory, 'core.json');
    writeFileSync(pointer, JSON.stringify({ path }), { mode: 0o600 });
    expect(findEndpoint(dataDirectory, surroundings)).toEqual({ path });
    chmodSync(pointer, 0o622);
    expect(findEndpoint(dataDirectory, surroundings)).toBeUndefined();
    const linked = temporaryDirectory();
    symlinkSync(pointer, join(linked, 'core.json'));
    chmodSync(pointer, 0o600);
    expect(findEndpoint(linked, surroundings)).toBeUndefined();
  });

  it('never replaces one that somebody listens at, nor a file that is no socket', async () => {
    const options = await start();
    const path = join(options.dataDirectory, 'core.sock');
    const other = createServer().listen(path);
    await new Promise((resolve) => other.once('listening', resolve));
    await expect(startHost(options)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(lstatSync(path).isSocket()).toBe(true);
    await new Promise((resolve) => other.close(resolve));
    writeFileSync(path, 'a file');
    await expect(startHost(options)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(readFileSync(path, 'utf8')).toBe('a file');
  });
});

describe('a pipe of Windows, whose name every user can see', () => {
  const onWindows = (): Surroundings => ({
    ...surroundings,
    platform: 'win32',
    pipes: isWindows ? surroundings.pipes : `${temporaryDirectory()}/`,
  });

  it('lets in who can read the token file, which only its user can', async () => {
    const at = onWindows();
    const options = await start();
    await startHost({ ...options, surroundings: at });
    const file = join(options.dataDirectory, 'core.json');
    expect(permissions(file)).toBe(isWindows ? 0o666 : 0o600);
    const connection = await connectAs(options.dataDirectory, { surroundings: at });
    expect(await connection?.client.status()).toMatchObject({ version: '1.2.3' });
  });

  it('refuses who cannot, and never sends the token itself', async () => {
    const at = onWindows();
    const options = await start();
    const { lines } = await startHost({ ...options, surroundings: at });
    const { token = '' } = findEndpoint(options.dataDirectory, at) ?? {};
    expect(token).toHaveLength(43);
    for (const proof of [undefined, '', token, 'x'.repeat(43)]) {
      const client = await connectRaw(options.dataDirectory, at);
      client.send({ ...greeting, proof });
      expect(await client.next()).toMatchObject({ answer: 'refused', because: 'proof' });
      expect(await client.next()).toBeUndefined();
    }
    expect(lines.join()).not.toContain(token);
  });

  it('has another name and another token at each start', async () => {
    const at = onWindows();
    const options = await start();
    const first = await startHost({ ...options, surroundings: at });
    const before = findEndpoint(options.dataDirectory, at);
    await first.close();
    expect(findEndpoint(options.dataDirectory, at)).toBeUndefined();
    await startHost({ ...options, surroundings: at });
    const after = findEndpoint(options.dataDirectory, at);
    expect(after?.path).not.toBe(before?.path);
    expect(after?.token).not.toBe(before?.token);
  });

  it('is left by a client if the other end does not know the token', async () => {
    const at = onWindows();
    const options = await start();
    const host = await startHost({ ...options, surroundings: at });
    const { path } = findEndpoint(options.dataDirectory, at) ?? { path: '' };
    await host.close();
    const heard: string[] = [];
    const impostor = createServer((socket) => {
      socket.on('data', (chunk) => {
        heard.push(chunk.toString());
        const { nonce: _nonce, ...rest } = JSON.parse(chunk.toString()) as Record<string, unknown>;
        socket.write(`${JSON.stringify({ ...rest, answer: 'welcome', host: 'desktop' })}\n`);
      });
    }).listen(path);
    onTestFinished(() => {
      impostor.close();
    });
    await new Promise((resolve) => impostor.once('listening', resolve));
    const token = 'the token of the core that was killed';
    writeFileSync(join(options.dataDirectory, 'core.json'), JSON.stringify({ path, token }));
    expect(await connectAs(options.dataDirectory, { surroundings: at })).toBeUndefined();
    expect(heard).toHaveLength(1);
    expect(heard.join()).not.toContain(token);
  });
});

describe('a program that connects', () => {
  it('gets no answer to a call before it has introduced itself', async () => {
    const options = await start();
    const { lines } = await startHost(options);
    const client = await connectRaw(options.dataDirectory);
    client.send({ i: '1', p: { u: '/status' } });
    expect(await client.next()).toMatchObject({ answer: 'refused', because: 'hello' });
    expect(await client.next()).toBeUndefined();
    expect(lines).toEqual(['Refused a program. Its first message is not a greeting.']);
  });

  it('is dropped if it says nothing for five seconds, or not enough', async () => {
    const options = await start();
    const runtime = new FakeRuntime();
    const { lines } = await startHost({ ...options, runtime });
    const silent = await connectRaw(options.dataDirectory);
    const slow = await connectRaw(options.dataDirectory);
    slow.socket.write('{"contract":');
    const quick = await connectAs(options.dataDirectory);
    await runtime.advance(4999);
    expect(await quick?.client.status()).toMatchObject({ version: '1.2.3' });
    await runtime.advance(1);
    await Promise.all([silent.closed, slow.closed]);
    expect(await quick?.client.status()).toMatchObject({ version: '1.2.3' });
    expect(lines).toHaveLength(2);
  });

  it.each([
    ['garbage', 'GET / HTTP/1.1\r\n\r\n'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x0a])],
    ['a first message without an end', 'x'.repeat(1025)],
    [
      'a first message that is too large',
      `${JSON.stringify({ ...greeting, nonce: 'x'.repeat(1024) })}\n`,
    ],
  ])('is dropped for %s', async (_, bytes) => {
    const options = await start();
    const { lines } = await startHost(options);
    const client = await connectRaw(options.dataDirectory);
    client.socket.write(bytes);
    await client.closed;
    expect(lines).toEqual([expect.stringMatching(/^Dropped a program: its message is /)]);
    expect(await connectAs(options.dataDirectory)).toBeDefined();
  });

  it.each([
    ['a message that is too large', 'x'.repeat(1024 * 1024 + 1)],
    ['garbage', 'a value: hunter2\n'],
    ['JSON that is no call', '"hunter2"\n'],
    ['a call without an address', '{"i":"1","p":{"b":"hunter2"}}\n'],
    ['a call with a strange address', '{"i":"1","p":{"u":"hunter2"}}\n'],
    [
      'a form',
      '{"i":"1","p":{"u":"/status","h":{"content-type":"multipart/form-data; boundary=hunter2"}}}\n',
    ],
    ['an address with a host', '{"i":"1","p":{"u":"//[hunter2"}}\n'],
    ['a part of a stream', '{"i":"1","t":3,"p":{"e":"message","d":"hunter2"}}\n'],
  ])('is dropped for %s later on, of which nothing is written anywhere', async (_, bytes) => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const options = await start();
    const { lines } = await startHost(options);
    const client = await connectRaw(options.dataDirectory);
    client.send(greeting);
    expect(await client.next()).toMatchObject({ answer: 'welcome' });
    client.socket.write(bytes);
    await client.closed;
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain('hunter2');
    expect(errors).not.toHaveBeenCalled();
  });

  it('is refused while 64 others are connected, and let in after', async () => {
    const options = await start();
    await startHost(options);
    const others = [];
    for (let index = 0; index < 64; index += 1)
      others.push(await connectRaw(options.dataDirectory));
    const late = await connectRaw(options.dataDirectory);
    expect(await late.next()).toMatchObject({ answer: 'refused', because: 'busy' });
    expect(await connectAs(options.dataDirectory)).toBeUndefined();
    others[0]?.socket.destroy();
    await vi.waitFor(async () => {
      expect(await connectAs(options.dataDirectory)).toBeDefined();
    });
  });

  it('cannot pass for a window', async () => {
    const options = await start();
    await startHost(options);
    const client = await connectRaw(options.dataDirectory);
    client.send({ ...greeting, kind: 'window' });
    expect(await client.next()).toMatchObject({ answer: 'refused', because: 'hello' });
  });

  it('cannot reach what is in the window contract alone', async () => {
    const options = await start();
    await startHost(options);
    const client = await connectRaw(options.dataDirectory);
    client.send(greeting);
    await client.next();
    for (const path of ['environments/reveal', 'security/choose', 'activity/list', 'app/info']) {
      client.send({ i: path, p: { u: `/${path}` } });
      expect(await client.next()).toMatchObject({ i: path, p: { s: 404 } });
    }
  });
});

describe('while Strongroom is locked', () => {
  it('every call of a program fails with LOCKED, except the one that says so', async () => {
    const options = await start();
    const window = windowOf(options.core);
    await window.security.choose({
      choice: { mode: 'passphrase', passphrase: 'correct horse battery' },
    });
    options.core.security.share(true);
    await startHost(options);
    const connection = await connectAs(options.dataDirectory);
    const client = connection!.client;
    expect(await client.environments.list()).toEqual([]);
    expect(await client.status()).toMatchObject({ locked: false });

    await window.security.lock();
    expect(await client.status()).toMatchObject({ locked: true, workspaces: 1 });
    await expect(client.environments.list()).rejects.toMatchObject({ code: 'LOCKED' });
    await window.security.unlock({ passphrase: 'correct horse battery' });
    expect(await client.environments.list()).toEqual([]);
  });
});

it('nothing that a program gets to see is a value', async () => {
  const options = await start();
  const window = windowOf(options.core);
  const { currentId } = await window.workspaces.list();
  const { id } = await window.environments.create({ workspaceId: currentId, name: 'production' });
  const { base = '' } = await window.environments.open({ id });
  const changes = { edits: [], additions: [{ key: 'API_KEY', value: 'sk-live-secret' }] };
  await window.environments.save({ id, base, changes });
  await startHost(options);
  const connection = await connectAs(options.dataDirectory);
  const seen = JSON.stringify([
    await connection?.client.status(),
    await connection?.client.environments.list(),
  ]);
  expect(seen).toContain('production');
  expect(seen).not.toContain('sk-live-secret');
});
