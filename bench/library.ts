/** Reading a value with the library: from its cache against a Map, and through the socket against a bare fetch. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { vault } from '../src/sdk';
import { startApp } from './app';
import { atMost, median, note } from './note';

const ONE_BY_ONE = 500;
/** One read of a cached value takes too short to be measured. */
const CACHED_READS = 100_000;

export async function benchLibrary(): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'strongroom-bench-'));
  const close = await startApp(dataDirectory);
  const service = fork(resolve('bench/requests/service.mjs'));
  const [{ port }] = (await once(service, 'message')) as [{ port: number }];
  const bare = async (): Promise<void> => {
    await (await fetch(`http://127.0.0.1:${String(port)}/`)).text();
  };
  const settings = { provider: 'strongroom', settings: { dataDir: dataDirectory } } as const;
  const cached = await vault('production', { ...settings, cacheFor: 3600 });
  const plain = new Map([['KEY_7', 'value number 7']]);
  const each = async (read: () => Promise<string | undefined>): Promise<number> => {
    const began = performance.now();
    for (let count = 0; count < CACHED_READS; count += 1) {
      if ((await read()) !== 'value number 7') throw new Error('A value is missing');
    }
    return ((performance.now() - began) * 1000) / CACHED_READS;
  };
  const micros: Record<'map' | 'vault', number[]> = { map: [], vault: [] };
  for (let round = 0; round < 5; round += 1) {
    micros.map.push(await each(async () => plain.get('KEY_7')));
    micros.vault.push(await each(() => cached.get('KEY_7')));
  }
  cached.close();
  const uncached = await vault('production', { ...settings, cacheFor: 0 });
  const times: Record<'bare' | 'socket', number[]> = { bare: [], socket: [] };
  const socket = () => uncached.get('KEY_7');
  for (let number = 0; number < ONE_BY_ONE; number += 1) {
    for (const [name, read] of [['bare', bare] as const, ['socket', socket] as const]) {
      const began = performance.now();
      await read();
      times[name].push(performance.now() - began);
    }
  }
  uncached.close();
  note(
    {
      what: 'vault().get(), cached: longer by',
      against: 'a lookup in a Map',
      figure: median(micros.vault) - median(micros.map),
      unit: 'µs',
      target: atMost(5),
    },
    {
      what: 'vault().get(), through the socket',
      against: 'fetch to a bare server',
      figure: median(times.socket) / median(times.bare),
      target: atMost(1.5),
    },
  );
  service.disconnect();
  await close();
  await rm(dataDirectory, { recursive: true });
}
