/**
 * What a request with a grant costs over a bare fetch, and how many go through the socket. The program, the app and the service are a process each, so that each has its own figures. The app is
 * the built one.
 */
import { spawn, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { json } from 'node:stream/consumers';
import { systemRuntime } from '@core/runtime';
import { defaultPolicy } from '@shared/model/policy';
import { connectToCore, eventsOf, type CoreConnection } from '@server/agent/connect';
import { systemSurroundings } from '@server/agent/endpoint';
import { atLeast, atMost, median, note } from '../note';

const ONE_BY_ONE = 500;
const AT_ONCE = 64;
const WARM_UP = 4000;
/** The memory is looked at after each part. */
const PARTS = 5;
const PASSPHRASE = 'correct horse battery staple';

const REQUESTS = 20_000;

/** Milliseconds of the processor, and bytes. */
interface Usage {
  readonly processor: number;
  readonly rss: number;
  readonly heapUsed: number;
}

async function asked<T>(child: ChildProcess, question: string): Promise<T> {
  const answer = once(child, 'message');
  child.send(question);
  return ((await answer) as [T])[0];
}

/** What the core of the app uses. It is another process than the host. */
const usageOfCore = async (socket: string): Promise<Usage> =>
  (await json(connectSocket(socket))) as Usage;

/** Starts the app in a data directory. Its core tells what it uses on a socket. */
async function startApp(dataDirectory: string, socket: string): Promise<ChildProcess> {
  const profile = process.env['PROFILE'];
  const app = spawn(
    process.execPath,
    [
      ...(profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`]),
      '--expose-gc',
      '--import',
      resolve('bench/requests/usage.mjs'),
      resolve('out/main/browser.js'),
      '--data-dir',
      dataDirectory,
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, USAGE: socket, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' },
    },
  );
  // Also if the measurement fails.
  process.once('exit', () => app.kill('SIGKILL'));
  if (app.stdout !== null) await once(app.stdout, 'data');
  return app;
}

async function connect(dataDirectory: string): Promise<CoreConnection> {
  const connection = await connectToCore({
    dataDirectory,
    introduction: { version: '0.1.0', kind: 'sdk', process: { pid: process.pid, name: 'bench' } },
    surroundings: systemSurroundings({}),
    runtime: systemRuntime,
    within: 5000,
  });
  if (connection === undefined) throw new Error('The core does not answer');
  return connection;
}

const megabytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(0)} MiB`;

export async function benchRequests(): Promise<void> {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'strongroom-bench-'));
  const service = fork(resolve('bench/requests/service.mjs'));
  const [{ port }] = (await once(service, 'message')) as [{ port: number }];
  const url = `http://127.0.0.1:${String(port)}/`;
  const socket = join(dataDirectory, 'usage.sock');
  const app = await startApp(dataDirectory, socket);
  const connection = await connect(dataDirectory);
  const { client } = connection;
  await client.security.setUp({ mode: 'passphrase', passphrase: PASSPHRASE });
  await client.security.admit({ passphrase: PASSPHRASE });
  const grant = await client.grants.create({
    name: 'bench',
    settings: { type: 'bearer', rules: [], hosts: [url], networks: [], policy: defaultPolicy },
    secrets: { token: { value: 'sk-live-4242424242' } },
  });

  async function granted(): Promise<void> {
    const request = { grant: grant.id, method: 'GET', url, headers: [], gathered: true };
    let last: string | undefined;
    for await (const { type } of eventsOf(await client.requests.send(request))) last = type;
    if (last !== 'end') throw new Error('The answer has no end');
  }

  const bare = async (): Promise<void> => {
    await (await fetch(url)).text();
  };

  async function atOnce(goesOn: () => boolean): Promise<number> {
    let done = 0;
    const work = async (): Promise<void> => {
      while (goesOn()) {
        await granted();
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return done;
  }

  let left = WARM_UP;
  await atOnce(() => (left -= 1) >= 0);
  for (let warm = 0; warm < 200; warm += 1) await bare();

  // In turns, so that a busy moment meets both.
  const times: Record<'bare' | 'granted', number[]> = { bare: [], granted: [] };
  for (let number = 0; number < ONE_BY_ONE; number += 1) {
    for (const [name, work] of [['bare', bare] as const, ['granted', granted] as const]) {
      const began = performance.now();
      await work();
      times[name].push(performance.now() - began);
    }
  }
  const [plain, withGrant] = [median(times.bare), median(times.granted)];
  note({
    what: 'A request with a grant, one by one: longer by',
    against: 'a bare fetch',
    figure: withGrant - plain,
    unit: 'ms',
    target: atMost(2),
  });

  const { served: servedBefore } = await asked<{ served: number }>(service, 'served');
  const usage = async () => ({
    app: await usageOfCore(socket),
    service: await asked<Usage>(service, 'usage'),
    own: process.cpuUsage(),
  });
  const before = await usage();
  const began = performance.now();
  const memory = [before.app];
  let done = 0;
  for (let part = 0; part < PARTS; part += 1) {
    left = REQUESTS / PARTS;
    done += await atOnce(() => (left -= 1) >= 0);
    memory.push(await usageOfCore(socket));
  }
  const took = performance.now() - began;
  const after = await usage();
  const { served } = await asked<{ served: number }>(service, 'served');
  const own = process.cpuUsage(before.own);
  const each = (milliseconds: number): string => `${(milliseconds / done).toFixed(3)} ms`;
  const ofApp = after.app.processor - before.app.processor;
  note(
    {
      what: `Requests with a grant, ${String(AT_ONCE)} at a time`,
      against: '',
      figure: (done / took) * 1000,
      unit: 'a second',
      target: atLeast(2000),
    },
    {
      what: `Of ${REQUESTS.toLocaleString('en')} requests with a grant, lost`,
      against: '',
      figure: done - (served - servedBefore),
      unit: 'requests',
      target: atMost(0),
    },
  );
  console.log(
    `${String(AT_ONCE)} at once: ${String(Math.round((done / took) * 1000))} requests a second; of the processor, each: ` +
      `app ${each(ofApp)}, program ${each((own.user + own.system) / 1000)}, service ${each(after.service.processor - before.service.processor)}`,
  );
  console.log(
    `requests a second of the app's processor: ${String(Math.round((done / ofApp) * 1000))}`,
  );
  console.log(
    `answered ${String(done)}, served ${String(served - servedBefore)}; memory of the app, before and after each ${String(REQUESTS / PARTS)}:`,
  );
  console.log(`  resident ${memory.map(({ rss }) => megabytes(rss)).join(', ')}`);
  console.log(`  heap ${memory.map(({ heapUsed }) => megabytes(heapUsed)).join(', ')}`);
  const verdict = await client.audit.verify({});
  console.log(`audit: ${String(verdict.entries)} entries, ${verdict.holds ? 'holds' : 'broken'}`);

  connection.close();
  service.disconnect();
  const ended = once(app, 'exit');
  app.kill('SIGTERM');
  await ended;
  await rm(dataDirectory, { recursive: true });
}
