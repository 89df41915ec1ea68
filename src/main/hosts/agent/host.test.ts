/** Programs at the agent socket: who they are, what they are told, and how they and the host come and go. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createRouterClient, os, type RouterClient } from '@orpc/server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AGENT_CONTRACT_VERSION } from '@shared/contract/agent/version';
import type { Client } from '@shared/contract/window';
import type { Caller } from '@shared/model/caller';
import { openCore } from '@core/core';
import { findEndpoint } from '@server/agent/endpoint';
import { createAgentRouter } from '@server/agent/router';
import type { CallContext } from '@server/base';
import { createWindowRouter, windowContext } from '@server/window/router';
import {
  connectAs,
  connectRaw,
  introduction,
  startHost,
  surroundings,
  type RawClient,
} from '@test/support/agent';
import { all, startTestVault } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { vaultForm } from '@test/support/forms';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { filesIn, temporaryDirectory } from '@test/support/temporary-directory';

const greeting = {
  contract: AGENT_CONTRACT_VERSION,
  version: '1.2.3',
  kind: 'mcp',
  process: { pid: 4711, name: 'notes' },
  nonce: 'nonce',
};

async function start(dataDirectory = temporaryDirectory()) {
  const core = await openCore({
    host: 'desktop',
    version: '1.2.3',
    dataDirectory,
    keychain: new MemoryKeychain(),
  });
  onTestFinished(() => core.close());
  const window = createRouterClient(createWindowRouter(core), windowContext);
  const workspaceId = (await window.workspaces.list()).currentId;
  return { core, dataDirectory, window, workspaceId };
}

/** Welcomed, with calls written by hand. */
async function welcomed(dataDirectory: string): Promise<RawClient> {
  const client = await connectRaw(dataDirectory);
  client.send(greeting);
  expect(await client.next()).toMatchObject({ answer: 'welcome', host: 'browser' });
  return client;
}

describe('the agent contract', () => {
  it('says how Strongroom is, and lists the environments of all workspaces or of one', async () => {
    const { core, dataDirectory, window, workspaceId } = await start();
    await window.environments.create({ workspaceId, name: 'production' });
    const { id: payments } = await window.workspaces.create({ name: 'Payments' });
    await window.environments.create({ workspaceId: payments, name: 'staging' });
    await startHost({ router: createAgentRouter(core), dataDirectory });
    const connection = await connectAs(dataDirectory);
    const client = connection!.client;
    expect(await client.status()).toEqual({
      version: '1.2.3',
      contractVersion: AGENT_CONTRACT_VERSION,
      host: 'desktop',
      dataDirectory,
      protection: 'undecided',
      locked: false,
      shared: false,
      admitted: true,
      workspaces: 2,
    });
    expect(await client.environments.list()).toMatchObject([
      { workspace: 'Personal', name: 'production', path: 'production', state: 'local' },
      { workspace: 'Payments', name: 'staging' },
    ]);
    for (const workspace of ['Payments', payments]) {
      expect(await client.environments.list({ workspace })).toMatchObject([{ name: 'staging' }]);
    }
    await expect(client.environments.list({ workspace: 'Nobody’s' })).rejects.toMatchObject({
      name: 'AppError',
      code: 'NO_SUCH_WORKSPACE',
    });
  });
});

describe('a caller', () => {
  it('is what the program says it is, marked as its own word, with the reason of each call', async () => {
    const { core, dataDirectory, window, workspaceId } = await start();
    await startHost({ router: createWindowRouter(core), dataDirectory });
    const connection = await connectAs(dataDirectory, {
      introduction: {
        ...introduction,
        process: { pid: 4711, name: `deploy\n${'x'.repeat(5000)}` },
      },
    });
    const client = connection!.client as unknown as Client;
    await client.environments.create({ workspaceId, name: 'production' });
    const reasoned = connection!.client.environments as unknown as {
      create(input: object, options: { context: { reason: string } }): Promise<unknown>;
    };
    await reasoned.create(
      { workspaceId, name: 'staging' },
      { context: { reason: ' release “1.4”,\u001B[1m now\n' } },
    );
    const caller: Caller = {
      kind: 'cli',
      process: { pid: 4711, name: `deploy ${'x'.repeat(93)}` },
      claimed: true,
    };
    const [second, first] = await window.activity.list({ workspaceId, limit: 2 });
    expect(first?.caller).toEqual(caller);
    expect(first).not.toHaveProperty('reason');
    expect(second).toMatchObject({ caller, reason: 'release “1.4”, [1m now' });
  });

  it('is in the entry of a stream, whether it is read to its end or not', async () => {
    const { core, dataDirectory, window, workspaceId } = await start();
    const vault = await startTestVault();
    for (const path of ['a', 'b']) vault.kv('secret').put(path, { KEY: 'value' });
    await window.connections.save(vaultForm(workspaceId, vault, vault.rootToken));
    await startHost({ router: createWindowRouter(core), dataDirectory });
    const connection = await connectAs(dataDirectory);
    const client = connection!.client as unknown as Client;
    const newest = async () => (await window.activity.list({ workspaceId, limit: 1 }))[0];
    const caller = { ...introduction, claimed: true };
    await all(client.transfer.pullAll({ workspaceId }));
    expect(await newest()).toMatchObject({
      action: 'pulled-all',
      outcome: 'done',
      caller: { kind: caller.kind, process: caller.process, claimed: true },
    });
    const events = await client.transfer.pullAll({ workspaceId });
    await events.next();
    connection!.close();
    await vi.waitFor(async () => {
      expect(await newest()).toMatchObject({
        action: 'pulled-all',
        outcome: 'cancelled',
        caller: { kind: 'cli' },
      });
    });
  });
});

it('tells a program of another version which side to update', async () => {
  const { core, dataDirectory } = await start();
  const { lines } = await startHost({ router: createAgentRouter(core), dataDirectory });
  const client = await connectRaw(dataDirectory);
  client.send({ contract: AGENT_CONTRACT_VERSION + 1, version: '9.9.9' });
  expect(await client.next()).toMatchObject({ answer: 'refused', because: 'version' });
  expect(await client.next()).toBeUndefined();
  expect(lines).toEqual([expect.stringContaining('which is newer: update this one')]);
});

it('is not waited for by a program that finds another version there', async () => {
  const dataDirectory = temporaryDirectory();
  const server = createServer((socket) => {
    const contract = AGENT_CONTRACT_VERSION + 1;
    socket.end(`${JSON.stringify({ contract, version: '9.9.9' })}\n`);
  }).listen(join(dataDirectory, 'core.sock'));
  onTestFinished(() => {
    server.close();
  });
  await once(server, 'listening');
  await expect(connectAs(dataDirectory)).rejects.toMatchObject({
    code: 'VERSION_MISMATCH',
    hint: 'Update this program: it is the older one.',
  });
});

describe('a call', () => {
  /** A call that begins, and ends only when its caller goes; and a stream that never ends by itself. */
  function endless() {
    const events: string[] = [];
    const called = os.$context<CallContext>();
    const router = {
      wait: called.handler(async ({ signal }) => {
        events.push('begun');
        await new Promise((resolve) => signal?.addEventListener('abort', resolve));
        events.push('aborted');
      }),
      stream: called.handler(async function* () {
        try {
          for (let index = 0; ; index += 1) {
            events.push('event');
            yield 'x'.repeat(100_000);
          }
        } finally {
          events.push('left');
        }
      }),
      echo: called.handler(({ input }) => input),
    };
    return { router, events };
  }

  type Endless = RouterClient<ReturnType<typeof endless>['router']>;

  async function startEndless() {
    const dataDirectory = temporaryDirectory();
    const { router, events } = endless();
    const host = await startHost({ router, dataDirectory });
    const connection = await connectAs(dataDirectory);
    return {
      dataDirectory,
      host,
      events,
      connection: connection!,
      client: connection!.client as unknown as Endless,
    };
  }

  it('is aborted if its program goes away in the middle, and harms nobody else', async () => {
    const { dataDirectory, events, connection, client } = await startEndless();
    const waiting = failureOf(client.wait());
    await vi.waitFor(() => {
      expect(events).toEqual(['begun']);
    });
    connection.close();
    await vi.waitFor(() => {
      expect(events).toEqual(['begun', 'aborted']);
    });
    expect(await waiting).toMatchObject({ code: 'INTERRUPTED' });
    await expect(client.wait()).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const other = await connectAs(dataDirectory);
    expect(await (other!.client as unknown as Endless).echo('still there')).toBe('still there');
  });

  it('fails with INTERRUPTED if the core ends first', async () => {
    const { host, events, client } = await startEndless();
    const waiting = failureOf(client.wait());
    await vi.waitFor(() => {
      expect(events).toEqual(['begun']);
    });
    await host.close();
    expect(await waiting).toMatchObject({ code: 'INTERRUPTED' });
  });

  it('fails with CANCELLED if its program aborts it', async () => {
    const { events, client } = await startEndless();
    const controller = new AbortController();
    const waiting = failureOf(client.wait(undefined, { signal: controller.signal }));
    await vi.waitFor(() => {
      expect(events).toEqual(['begun']);
    });
    controller.abort();
    expect(await waiting).toMatchObject({ code: 'CANCELLED' });
    await vi.waitFor(() => {
      expect(events).toEqual(['begun', 'aborted']);
    });
  });

  it('goes through in many pieces, up to a MiB; more is refused before it is sent', async () => {
    const { client } = await startEndless();
    const large = '“ü”'.repeat(120_000);
    expect(await client.echo(large)).toBe(large);
    await expect(client.echo('x'.repeat(1024 * 1024))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await client.echo('still there')).toBe('still there');
  });

  it('makes no more events than its program reads', async () => {
    const { dataDirectory, events } = await startEndless();
    const client = await welcomed(dataDirectory);
    client.socket.pause();
    client.send({ i: '1', p: { u: '/stream' } });
    // Until nothing more happens: the buffers are full.
    let before = -1;
    await vi.waitFor(
      () => {
        const count = events.length;
        const isStill = count > 1 && count === before;
        before = count;
        expect(isStill).toBe(true);
      },
      { interval: 200, timeout: 30_000 },
    );
    expect(events.length).toBeLessThan(100);
    client.socket.destroy();
    await vi.waitFor(() => {
      expect(events.at(-1)).toBe('left');
    });
  });

  it('is not even read while its program does not read the answers', async () => {
    const { dataDirectory } = await startEndless();
    const client = await welcomed(dataDirectory);
    client.socket.pause();
    const call = JSON.stringify({ i: '1', p: { u: '/echo', b: { json: 'x'.repeat(500_000) } } });
    let sent = 0;
    // What the host does not take stays here.
    while (client.socket.writableLength < 8_000_000) {
      client.send(JSON.parse(call.replace('"i":"1"', `"i":"${String((sent += 1))}"`)));
      await turn();
    }
    expect(sent).toBeLessThan(60);
    client.socket.resume();
    for (let answered = 0; answered < sent; answered += 1) {
      expect(await client.next()).toMatchObject({ p: { b: { json: 'x'.repeat(500_000) } } });
    }
  });
});

describe.skipIf(process.platform === 'win32')('a data directory', () => {
  it('whose path is too long for a socket has it elsewhere', async () => {
    const dataDirectory = join(temporaryDirectory(), 'long'.repeat(30));
    const { core } = await start(dataDirectory);
    const host = await startHost({ router: createAgentRouter(core), dataDirectory });
    expect(findEndpoint(dataDirectory, surroundings)?.path).not.toContain('long');
    expect((await connectAs(dataDirectory))?.client).toBeDefined();
    await host.close();
    expect(filesIn(dataDirectory).filter((name) => name.startsWith('core.'))).toEqual([]);
  });

  it('has its socket in the runtime directory of the user, if that is private', async () => {
    const dataDirectory = join(temporaryDirectory(), 'long'.repeat(30));
    const { core } = await start(dataDirectory);
    const runtimeDirectory = temporaryDirectory();
    const at = { ...surroundings, env: { XDG_RUNTIME_DIR: runtimeDirectory } };
    await startHost({ router: createAgentRouter(core), dataDirectory, surroundings: at });
    expect(findEndpoint(dataDirectory, at)?.path.startsWith(runtimeDirectory)).toBe(true);
  });

  it('with no folder that is short enough says so', async () => {
    const dataDirectory = join(temporaryDirectory(), 'long'.repeat(30));
    const { core } = await start(dataDirectory);
    const at = { ...surroundings, temporaryDirectory: dataDirectory };
    await expect(
      startHost({ router: createAgentRouter(core), dataDirectory, surroundings: at }),
    ).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringContaining('too long'),
    });
    expect(filesIn(dataDirectory).filter((name) => name.startsWith('strongroom-'))).toEqual([]);
  });
});
