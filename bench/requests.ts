/**
 * `npm run bench:requests [-- SECONDS]`: what a request with a grant costs over a bare fetch, and how many go through
 * the socket at once. The service, the core and the program are all in this process.
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemRuntime } from '@core/runtime';
import { openCore } from '@core/core';
import { defaultPolicy } from '@shared/model/policy';
import { startAgentHost } from '@main/hosts/agent/host';
import { connectToCore, eventsOf } from '@server/agent/connect';
import { systemSurroundings } from '@server/agent/endpoint';
import { createAgentRouter } from '@server/agent/router';
import { MemoryKeychain } from '@test/support/memory-keychain';

const ONE_BY_ONE = 500;
const AT_ONCE = 64;

export async function main([seconds = '10']: readonly string[]): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'strongroom-bench-'));
  const core = await openCore({
    host: 'browser',
    version: '0.0.0',
    dataDirectory,
    keychain: new MemoryKeychain(),
  });
  const surroundings = systemSurroundings({});
  const host = await startAgentHost({
    router: createAgentRouter(core),
    version: '0.0.0',
    host: 'browser',
    dataDirectory,
    surroundings,
    runtime: systemRuntime,
    report: () => undefined,
  });
  const connection = await connectToCore({
    dataDirectory,
    introduction: { version: '0.0.0', kind: 'sdk', process: { pid: process.pid, name: 'bench' } },
    surroundings,
    runtime: systemRuntime,
    within: 5000,
  });
  if (connection === undefined) throw new Error('The core does not answer');
  const { client } = connection;
  let served = 0;
  const server = createServer((_, response) => {
    served += 1;
    response.end('{"ok":true}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/`;
  const grant = await client.grants.create({
    name: 'bench',
    settings: { type: 'bearer', rules: [], hosts: [url], networks: [], policy: defaultPolicy },
    secrets: { token: { value: 'sk-live-4242424242' } },
  });

  async function granted(): Promise<void> {
    const events = await client.requests.send({ grant: grant.id, method: 'GET', url, headers: [] });
    for await (const event of eventsOf(events)) if (event.type === 'end') return;
  }

  const bare = async (): Promise<void> => {
    await (await fetch(url)).text();
  };

  /** The median, in milliseconds. */
  async function median(work: () => Promise<void>): Promise<number> {
    for (let warm = 0; warm < 50; warm += 1) await work();
    const times: number[] = [];
    for (let number = 0; number < ONE_BY_ONE; number += 1) {
      const began = performance.now();
      await work();
      times.push(performance.now() - began);
    }
    return times.toSorted((a, b) => a - b)[ONE_BY_ONE / 2] ?? 0;
  }

  const plain = await median(bare);
  const withGrant = await median(granted);
  console.log(`fetch alone: ${plain.toFixed(2)} ms; with a grant: ${withGrant.toFixed(2)} ms`);
  console.log(`overhead: ${(withGrant - plain).toFixed(2)} ms`);

  served = 0;
  let done = 0;
  const memory = (): string =>
    `${String(Math.round(process.memoryUsage().heapUsed / 1024 ** 2))} MB`;
  const before = memory();
  const began = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (performance.now() - began < Number(seconds) * 1000) {
        await granted();
        done += 1;
      }
    }),
  );
  const took = (performance.now() - began) / 1000;
  console.log(
    `${String(Math.round(done / took))} requests a second with ${String(AT_ONCE)} at once`,
  );
  console.log(
    `sent ${String(served)}, answered ${String(done)}; heap ${before} before, ${memory()} after`,
  );
  const records = performance.now();
  for (let number = 0; number < 100; number += 1) core.audit.record({ event: 'locked' });
  console.log(`an entry of the audit: ${((performance.now() - records) / 100).toFixed(2)} ms`);
  const verdict = await client.audit.verify({});
  console.log(`audit: ${String(verdict.entries)} entries, ${verdict.holds ? 'holds' : 'broken'}`);

  connection.close();
  await host.close();
  server.close();
  server.closeAllConnections();
  await core.close();
  await rm(dataDirectory, { recursive: true });
}
