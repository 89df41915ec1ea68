import { AppError } from '@shared/errors';
import { beforeEach, expect, it, vi } from 'vitest';
import { systemRuntime } from '@core/runtime';
import { ChangeSignal } from './change-signal';
import { Reachability, waitBeforeLook, type Server } from './reachability';

const ID = 'connection';
const refused = () => new AppError('CONNECTION_REFUSED');

let now: number;
let end: AbortController;
/** Why the server cannot be reached; `undefined` if it can. */
let away: AppError | undefined;
let looks: number;
let server: Server;
let changed: number;
let lost: string[];
let found: string[];
let reachability: Reachability;

beforeEach(() => {
  now = 1000;
  end = new AbortController();
  away = refused();
  looks = 0;
  changed = 0;
  lost = [];
  found = [];
  server = {
    id: ID,
    workspaceId: 'workspace',
    providerId: 'hashicorp-vault',
    ended: end.signal,
    reach: async () => {
      looks += 1;
      await Promise.resolve();
      if (away !== undefined) throw away;
    },
  };
  const signal = new ChangeSignal();
  vi.spyOn(signal, 'tell').mockImplementation(() => {
    changed += 1;
  });
  reachability = new Reachability({
    runtime: { ...systemRuntime, now: () => now, random: () => 0.5 },
    changed: signal,
    onLost: (_, { code }) => lost.push(code),
    onFound: (id) => found.push(id),
  });
});

it('is offline once the server cannot be connected to, and says why and since when', async () => {
  const thrown = await reachability.explain(server, refused());
  expect(thrown).toMatchObject({
    code: 'OFFLINE',
    message: 'HashiCorp Vault is offline.',
    likelyCause: 'Nothing is listening at this address.',
    hint: expect.stringMatching(/^Values in memory can still be read and edited/) as string,
  });
  expect(reachability.outage(ID)).toMatchObject({ since: 1000, nextLookAt: 6000 });
  expect(lost).toEqual(['CONNECTION_REFUSED']);
  expect(changed).toBe(1);
});

it('believes no failure while the server can be connected to', async () => {
  away = undefined;
  for (const error of [new AppError('TIMED_OUT'), new AppError('CONNECTION_RESET'), refused()]) {
    expect(await reachability.explain(server, error)).toBe(error);
  }
  expect(looks).toBe(3);
  expect(reachability.outage(ID)).toBeUndefined();
  expect(lost).toEqual([]);
});

it('does not probe if the failure has another cause, or there is no network', async () => {
  for (const error of [
    new AppError('PERMISSION_DENIED'),
    new AppError('TLS_UNTRUSTED'),
    new AppError('CANCELLED'),
    new Error('A bug'),
  ]) {
    expect(await reachability.explain(server, error)).toBe(error);
  }
  const error = refused();
  expect(await reachability.explain({ ...server, reach: undefined }, error)).toBe(error);
  expect(looks).toBe(0);
});

it('finds out once for calls that fail together, and those that fail after', async () => {
  const thrown = await Promise.all(
    Array.from({ length: 200 }, () => reachability.explain(server, refused())),
  );
  thrown.push(await reachability.explain(server, new AppError('TIMED_OUT')));
  expect(new Set(thrown).size).toBe(1);
  expect(looks).toBe(1);
  expect(lost).toHaveLength(1);
});

it('looks again after waits that grow from 5 s to 2 min', async () => {
  await reachability.explain(server, refused());
  const waits: number[] = [];
  for (let look = 0; look < 7; look += 1) {
    const { nextLookAt = 0 } = reachability.outage(ID) ?? {};
    waits.push((nextLookAt - now) / 1000);
    now = nextLookAt;
    await reachability.look(ID);
  }
  expect(waits).toEqual([5, 10, 20, 40, 80, 120, 120]);
  expect(reachability.outage(ID)?.since).toBe(1000);
  expect([waitBeforeLook(0, 0), waitBeforeLook(0, 0.999)]).toEqual([3750, 6248]);
  expect(lost).toHaveLength(1);
});

it('ends when a look finds the server, and counts from the start the next time', async () => {
  await reachability.explain(server, refused());
  await reachability.look(ID);
  away = undefined;
  await reachability.look(ID);
  expect(reachability.outage(ID)).toBeUndefined();
  expect(found).toEqual([ID]);
  away = refused();
  now = 50_000;
  await reachability.explain(server, refused());
  expect(reachability.outage(ID)).toMatchObject({ since: 50_000, nextLookAt: 55_000 });
  expect(lost).toHaveLength(2);
});

it('ends with any answer, be it a refusal', async () => {
  await reachability.explain(server, refused());
  const denied = new AppError('TOKEN_INVALID', { details: { status: 403 } });
  expect(await reachability.explain(server, denied)).toBe(denied);
  expect(reachability.outage(ID)).toBeUndefined();
  expect(found).toEqual([ID]);
});

it('ends with the connection, without a word of being found', async () => {
  await reachability.explain(server, refused());
  end.abort();
  expect(reachability.outage(ID)).toBeUndefined();
  await reachability.look(ID);
  expect(looks).toBe(1);
  expect(found).toEqual([]);
});

it('does not begin for a connection that ended while it was looked for', async () => {
  const explained = reachability.explain(server, refused());
  end.abort();
  expect(await explained).toMatchObject({ code: 'CONNECTION_REFUSED' });
  expect(reachability.outage(ID)).toBeUndefined();
});
