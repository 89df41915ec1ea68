/**
 * What the proxy of `run --brokered` costs, with the app open: a request through it,
 * over the same one without it. Both use TLS and a connection that is kept. All of it is in this process.
 */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as askProxy } from 'node:http';
import { Agent, createServer, request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { createRouterClient } from '@orpc/server';
import { startProxy } from '@cli/run/broker/proxy';
import { SessionAuthority } from '@cli/run/broker/session-authority';
import { openCore } from '@core/core';
import { systemRuntime } from '@core/runtime';
import { startAgentHost } from '@main/hosts/agent/host';
import { connectToCore } from '@server/agent/connect';
import { systemSurroundings } from '@server/agent/endpoint';
import { createAgentRouter } from '@server/agent/router';
import { createWindowRouter, windowContext } from '@server/window/router';
import { defaultPolicy } from '@shared/model/policy';
import { createAuthority } from '@test/servers/certificates';
import { MemoryKeychain } from '@test/support/memory-keychain';
import { note } from './note';

const PLACEHOLDER = 'strongroom_API_KEY_0123456789abcdef0123456789abcdef';
const WARM = 50;
const TIMES = 500;

export async function benchBroker(): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'strongroom-bench-'));
  const services = createAuthority();
  const file = join(dataDirectory, 'services.pem');
  await writeFile(file, services.cert);
  const runtime = { ...systemRuntime, env: { NODE_EXTRA_CA_CERTS: file } };
  const version = '0.0.0';
  const keychain = new MemoryKeychain();
  const core = await openCore({ host: 'desktop', version, dataDirectory, keychain, runtime });
  const surroundings = systemSurroundings({});
  const host = await startAgentHost({
    router: createAgentRouter(core),
    version,
    host: 'desktop',
    dataDirectory,
    surroundings,
    runtime,
    report: () => undefined,
  });

  let served = 0;
  const server = createServer(services.issue(), (incoming, response) => {
    if (incoming.headers.authorization === 'Bearer sk-live-4242424242') served += 1;
    response.end('{"ok":true}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const authority = `127.0.0.1:${String(port)}`;

  const window = createRouterClient(createWindowRouter(core), windowContext);
  const { currentId: workspaceId } = await window.workspaces.list();
  const { id } = await window.environments.create({ workspaceId, name: 'production' });
  const { base = '' } = await window.environments.open({ id });
  const additions = [{ key: 'API_KEY', value: 'sk-live-4242424242' }];
  await window.environments.save({ id, base, changes: { edits: [], additions } });
  const grant = await core.grants.create(workspaceId, {
    name: 'bench',
    settings: {
      type: 'bearer',
      rules: [],
      hosts: [authority],
      networks: [],
      policy: defaultPolicy,
    },
    secrets: { token: { environment: 'production', key: 'API_KEY' } },
  });

  const connection = await connectToCore({
    dataDirectory,
    introduction: { version, kind: 'cli', process: { pid: process.pid, name: 'bench' } },
    surroundings,
    runtime,
    within: 5000,
  });
  if (connection === undefined) throw new Error('The core does not answer');
  const { client } = connection;
  const session = new SessionAuthority(() => Date.now());
  const proxy = await startProxy({
    authority: session,
    runtime,
    variables: () => [{ key: 'API_KEY', secret: 'token', placeholder: PLACEHOLDER, grant }],
    withCore: (work) =>
      work({
        client,
        isOwn: false,
        options: { signal: new AbortController().signal, context: {} },
        aside: (wait) => wait(),
      }),
    waiting: () => undefined,
  });

  const { username, password, port: proxyPort } = new URL(proxy.url);
  const login = Buffer.from(`${username}:${password}`).toString('base64');
  const asked = askProxy({
    host: '127.0.0.1',
    port: proxyPort,
    method: 'CONNECT',
    path: authority,
    headers: { 'Proxy-Authorization': `Basic ${login}` },
  });
  asked.end();
  const [, tunnel] = (await once(asked, 'connect')) as [unknown, Socket];
  const through = connect({ socket: tunnel, ca: session.cert, host: '127.0.0.1' });
  await once(through, 'secureConnect');
  const direct = connect({ port, ca: services.cert, host: '127.0.0.1' });
  await once(direct, 'secureConnect');

  /** Over one connection that is open. */
  const asking = (socket: Socket, token: string) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    agent.createConnection = () => socket;
    return async (): Promise<void> => {
      const headers = { Authorization: `Bearer ${token}` };
      const sent = request({ agent, host: '127.0.0.1', port, headers }).end();
      const [answer] = (await once(sent, 'response')) as [AsyncIterable<Buffer>];
      for await (const chunk of answer) if (chunk.byteLength === 0) return;
    };
  };
  const ways = [
    { name: 'direct', work: asking(direct, 'sk-live-4242424242'), took: [] as number[] },
    { name: 'through the proxy', work: asking(through, PLACEHOLDER), took: [] as number[] },
  ];
  // In turns, so that a busy moment meets both.
  for (let number = 0; number < WARM + TIMES; number += 1) {
    for (const { work, took } of ways) {
      const began = performance.now();
      await work();
      if (number >= WARM) took.push(performance.now() - began);
    }
  }
  const [bare = 0, brokered = 0] = ways.map(({ name, took }) => {
    const sorted = took.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
    console.log(`${name}: median ${at(0.5).toFixed(2)} ms, 95th ${at(0.95).toFixed(2)} ms`);
    return at(0.5);
  });
  if (served === 0) throw new Error('The service got no request with the secret');
  note({
    what: 'A request through the proxy of run --brokered: longer by',
    against: 'the same without it',
    figure: brokered - bare,
    unit: 'ms',
  });
  // The time of the processor, which other work on this computer does not change much.
  for (const { name, work } of ways) {
    const before = process.cpuUsage();
    for (let number = 0; number < TIMES; number += 1) await work();
    const { user, system } = process.cpuUsage(before);
    console.log(`${name}: ${((user + system) / 1000 / TIMES).toFixed(2)} ms of processor`);
  }
  const made = performance.now();
  for (let number = 0; number < 100; number += 1) session.contextFor(`h${String(number)}.test`);
  console.log(`a certificate: ${((performance.now() - made) / 100).toFixed(2)} ms`);

  proxy.close();
  connection.close();
  await host.close();
  server.close();
  server.closeAllConnections();
  await core.close();
  await rm(dataDirectory, { recursive: true });
}
