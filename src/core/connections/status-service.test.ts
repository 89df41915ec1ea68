/** The status of a server that is out of reach, by a time that the test puts forward. */
import type { ProviderStatus } from '@shared/model/connection';
import { AppError } from '@shared/errors';
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { startCore } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { FakeRuntime, standingTime } from '@test/support/fake-runtime';
import { ChangeSignal } from './change-signal';
import type { SettingsStore } from './settings-store';
import { ProviderStatuses } from './provider-statuses';
import { Reachability, type Server } from './reachability';
import { StatusService } from './status-service';

const ID = 'connection';
const WORKSPACE = 'workspace';

let runtime: FakeRuntime;
let away: boolean;
let looks: number;
let connectionId: string;
let reachability: Reachability;
let service: StatusService;
let server: Server;
let told: ProviderStatus[];

const states = (): string[] => told.map(({ state }) => state);

beforeEach(() => {
  runtime = new FakeRuntime(standingTime(0));
  away = true;
  looks = 0;
  connectionId = ID;
  told = [];
  const changed = new ChangeSignal();
  const statuses = new ProviderStatuses(runtime, changed);
  reachability = new Reachability({
    runtime,
    changed,
    onLost: () => undefined,
    onFound: (id) => statuses.set(id, { state: 'ok' }),
  });
  server = {
    id: ID,
    workspaceId: WORKSPACE,
    providerId: 'hashicorp-vault',
    ended: new AbortController().signal,
    reach: async () => {
      looks += 1;
      if (away) throw new AppError('CONNECTION_REFUSED');
    },
  };
  const settings = {
    resolve: () => ({ provider: 'hashicorp-vault', saved: true }),
    connectionId: () => connectionId,
  } as unknown as SettingsStore;
  service = new StatusService({
    settings,
    statuses,
    reachability,
    connections: { expiry: () => undefined },
    changed,
    runtime,
  });
});

/** Follows the status until the test ends, or until what is returned is called. */
function watch(): () => Promise<void> {
  const leave = new AbortController();
  const watching = (async () => {
    for await (const status of service.watch(WORKSPACE, leave.signal)) told.push(status);
  })();
  const stop = async (): Promise<void> => {
    leave.abort();
    await watching;
  };
  onTestFinished(stop);
  return stop;
}

const goOffline = () => reachability.explain(server, new AppError('CONNECTION_REFUSED'));

it('looks when it is due, and tells each time when it will next', async () => {
  watch();
  await goOffline();
  for (const due of [5000, 15_000, 35_000]) {
    await vi.waitFor(() =>
      expect(told.at(-1)).toMatchObject({ state: 'offline', nextLookAt: due }),
    );
    await runtime.next();
  }
  await vi.waitFor(() => expect(told.at(-1)?.nextLookAt).toBe(75_000));
  expect(told.filter(({ state }) => state === 'offline').every(({ since }) => since === 0)).toBe(
    true,
  );
  away = false;
  await runtime.next();
  await vi.waitFor(() => expect(told.at(-1)).toMatchObject({ state: 'ok', at: 75_000 }));
  expect(runtime.pending).toBe(0);
});

it('looks for nothing while nobody watches, and stops with the last who does', async () => {
  await goOffline();
  expect(runtime.pending).toBe(0);
  const stop = watch();
  await vi.waitFor(() => expect(states()).toEqual(['offline']));
  expect(runtime.pending).toBe(1);
  await stop();
  expect(runtime.pending).toBe(0);
  expect(looks).toBe(1);
});

it('stops when the app closes', async () => {
  await goOffline();
  watch();
  await vi.waitFor(() => expect(runtime.pending).toBe(1));
  service.close();
  await vi.waitFor(() => expect(runtime.pending).toBe(0));
});

it('lets go of a server when other settings take its place', async () => {
  watch();
  await goOffline();
  await vi.waitFor(() => expect(states()).toEqual(['unknown', 'offline']));
  connectionId = 'another';
  await runtime.next();
  await vi.waitFor(() => expect(states()).toEqual(['unknown', 'offline', 'unknown']));
  expect(runtime.pending).toBe(0);
});

it('fails for a workspace that another caller deletes, and leaves no failure unheard', async () => {
  const unheard: unknown[] = [];
  const hear = (error: unknown): void => void unheard.push(error);
  process.on('unhandledRejection', hear);
  onTestFinished(() => void process.off('unhandledRejection', hear));
  const core = await startCore();
  const { workspaces, connections, security } = core.client;
  const { id: workspaceId } = await workspaces.create({ name: 'Deleted' });
  const statuses = await connections.watch({ workspaceId });
  expect((await statuses.next()).value).toMatchObject({ state: 'unknown' });
  const next = failureOf(statuses.next());
  await workspaces.remove({ id: workspaceId });
  // Something changes, for whatever workspace.
  await security.lock();
  expect(await next).toMatchObject({ code: 'NO_SUCH_WORKSPACE' });
  // Node reports such failures once all that can hear them has run.
  await new Promise(setImmediate);
  expect(unheard).toEqual([]);
});
