/** Requests that wait for a person: who is shown what, and how each question ends. */
import { describe, expect, it } from 'vitest';
import type { ApprovalAnswer, PendingApproval } from '@shared/model/approval';
import type { AuditEntry } from '@shared/model/audit';
import { defaultPolicy } from '@shared/model/policy';
import type { TestCore } from '@test/support/core';
import { FakeRuntime } from '@test/support/fake-runtime';
import { failureOf } from '@test/support/failure-of';
import { Approvals, notAllowed } from './approvals';
import {
  answeredBy,
  answering,
  grantFor,
  openWindow,
  service,
  startRequests,
  type RequestsOptions,
} from '@test/support/requests';

const TOKEN = 'sk-live-4242424242';

const mcp = { kind: 'mcp', process: { pid: 7, name: 'agent' }, claimed: true } as const;

async function started(options: RequestsOptions = {}) {
  const requests = await startRequests(options);
  const server = await service(answeredBy('ok'));
  const grant = await grantFor(requests.core, server, { token: TOKEN });
  return { ...requests, server, grant, grants: requests.core.core.grants };
}

const newest = ({ core }: TestCore): AuditEntry | undefined => core.audit.list({ limit: 1 })[0];

describe('a request that a policy asks about', () => {
  it('shows who wants what and why, and is made when a person allows it', async () => {
    const runtime = new FakeRuntime();
    const { sendAs, server, grant, core } = await started({ runtime });
    const window = await openWindow(core);
    expect(window.waiting).toEqual([]);
    const sending = sendAs(mcp, 'to look')(grant.id, { url: `${server.url}/x?q=1` });
    expect(await window.showing(1)).toEqual([
      {
        id: expect.any(String),
        since: runtime.now(),
        until: runtime.now() + 60_000,
        grant: { id: grant.id, name: 'service' },
        caller: { kind: 'mcp', pid: 7, name: 'agent', user: core.core.audit.actor, claimed: true },
        reason: 'to look',
        method: 'GET',
        host: new URL(server.url).host,
        path: '/x',
      },
    ]);
    expect(server.requests).toEqual([]);
    expect(await window.answer('once')).toEqual({ counted: true });
    expect(await sending).toMatchObject({ status: 200, waited: true });
    expect(await window.showing(0)).toEqual([]);
    expect(newest(core)).toMatchObject({
      decision: 'allowed',
      rule: 'approved',
      reason: 'to look',
      detail: 'allowed once',
    });
  });

  it('is asked of the window too, if the window makes it', async () => {
    const { sendAs, server, grant, grants, core } = await started();
    await grants.update(grant.id, { settings: { policy: { ...defaultPolicy, ask: true } } });
    const asked = await answering(core, 'once');
    expect(await sendAs({ kind: 'window' })(grant.id, server)).toMatchObject({ waited: true });
    expect(asked).toMatchObject([{ caller: { kind: 'window' } }]);
    expect(asked[0]?.caller).not.toHaveProperty('pid');
  });

  it('names no user of this computer for a caller on another machine', async () => {
    const { sendAs, server, grant, grants, core } = await started();
    const callers = { ...defaultPolicy.callers, serve: 'ask' } as const;
    await grants.update(grant.id, { settings: { policy: { callers } } });
    const asked = await answering(core, 'once');
    await sendAs({ kind: 'serve' })(grant.id, server);
    expect(asked.map(({ caller }) => caller)).toEqual([{ kind: 'serve' }]);
  });

  it('is refused without a window, and says so', async () => {
    const { sendAs, server, grant, core } = await started();
    const error = await failureOf(sendAs(mcp)(grant.id, server));
    expect(error).toMatchObject({
      code: 'APPROVAL_REFUSED',
      message: expect.stringContaining('no window of Strongroom is open'),
      details: { rule: 'ask' },
    });
    expect(server.requests).toEqual([]);
    expect(newest(core)).toMatchObject({
      decision: 'refused',
      rule: 'ask',
      detail: 'no window was open',
    });
  });

  it('is refused at once by a host that never has a window, with what to change', async () => {
    const approvals = new Approvals({
      runtime: new FakeRuntime(),
      user: 'mark',
      canHaveWindow: false,
    });
    const question = {
      grant: { id: 'g', name: 'service' },
      version: '1',
      caller: { kind: 'serve' },
      reason: undefined,
      method: 'GET',
      host: 'api.example.com',
      path: '/',
    } as const;
    const error = notAllowed(await approvals.ask(question, new AbortController().signal));
    expect(error).toMatchObject({ code: 'APPROVAL_REFUSED' });
    expect(error.message).toContain('“strongroom serve” has no window');
    expect(error.hint).toContain('--caller serve=allow --clear ask');
  });

  it('is refused when a person denies it', async () => {
    const { sendAs, server, grant, core } = await started();
    await answering(core, 'deny');
    const error = await failureOf(sendAs(mcp)(grant.id, server));
    expect(error).toMatchObject({ code: 'APPROVAL_REFUSED' });
    expect(server.requests).toEqual([]);
    expect(newest(core)).toMatchObject({
      decision: 'refused',
      rule: 'ask',
      detail: 'denied by a person',
    });
  });

  it('is refused when nobody answers in time, and is shown no more', async () => {
    const runtime = new FakeRuntime();
    const { sendAs, server, grant, core } = await started({ runtime });
    const window = await openWindow(core);
    const timers = runtime.pending;
    const sending = failureOf(sendAs(mcp)(grant.id, server));
    await window.showing(1);
    await runtime.advance(59_999);
    expect(window.waiting).toHaveLength(1);
    await runtime.advance(1);
    expect(await sending).toMatchObject({
      code: 'APPROVAL_REFUSED',
      message: expect.stringContaining('did not answer in time'),
    });
    expect(await window.showing(0)).toEqual([]);
    expect(runtime.pending).toBe(timers);
  });

  it('goes away with its caller', async () => {
    const gone = new AbortController();
    const { sendAs, server, grant, core } = await started();
    const window = await openWindow(core);
    const sending = failureOf(sendAs(mcp)(grant.id, server, gone.signal));
    const [question] = await window.showing(1);
    gone.abort();
    expect(await sending).toMatchObject({ code: 'CANCELLED' });
    expect(await window.showing(0)).toEqual([]);
    const late = await core.client.approvals.answer({ id: question?.id ?? '', answer: 'once' });
    expect(late).toEqual({ counted: false });
    expect(server.requests).toEqual([]);
    expect(newest(core)).toMatchObject({ decision: 'refused', rule: 'ask', error: 'CANCELLED' });
  });

  it('is refused if the grant was changed, disabled or deleted meanwhile', async () => {
    const runtime = new FakeRuntime();
    const { sendAs, server, grant, grants, core } = await started({ runtime });
    const window = await openWindow(core);
    const changed = async (change: () => unknown): Promise<unknown> => {
      const sending = failureOf(sendAs(mcp)(grant.id, server));
      await window.showing(1);
      await runtime.advance(1);
      await change();
      await window.answer('once');
      return sending;
    };
    expect(await changed(() => grants.update(grant.id, { name: 'other' }))).toMatchObject({
      code: 'APPROVAL_REFUSED',
      message: expect.stringContaining('was changed while'),
    });
    expect(await changed(() => grants.setDisabled(grant.id, true))).toMatchObject({
      code: 'GRANT_DISABLED',
    });
    await grants.setDisabled(grant.id, false);
    expect(await changed(() => grants.remove(grant.id))).toMatchObject({ code: 'NO_SUCH_GRANT' });
    expect(server.requests).toEqual([]);
  });
});

describe('an answer for ten minutes', () => {
  it('counts for this program, grant, host and method, until it is over', async () => {
    const runtime = new FakeRuntime();
    const { sendAs, server, grant, core } = await started({ runtime });
    const asked = await answering(core, 'ten-minutes');
    expect((await sendAs(mcp)(grant.id, server)).waited).toBe(true);
    expect((await sendAs(mcp)(grant.id, { url: `${server.url}/other` })).waited).toBe(false);
    expect(newest(core)).toMatchObject({ rule: 'approved earlier', path: '/other' });
    const waits = async (caller: typeof mcp | { kind: 'mcp' }, method = 'GET') =>
      (await sendAs(caller)(grant.id, { ...server, method })).waited;
    expect(await waits({ ...mcp, process: { pid: 7, name: 'agent' } })).toBe(false);
    expect(await waits(mcp, 'DELETE')).toBe(true);
    expect(await waits({ kind: 'mcp' })).toBe(true);
    expect(asked).toHaveLength(3);
    await runtime.advance(10 * 60_000);
    expect(await waits(mcp)).toBe(true);
  });

  it('ends with a change of the grant', async () => {
    const runtime = new FakeRuntime();
    const { sendAs, server, grant, grants, core } = await started({ runtime });
    await answering(core, 'ten-minutes');
    await sendAs(mcp)(grant.id, server);
    await runtime.advance(1000);
    const hosts = [...grant.hosts, 'api.example.com'];
    await grants.update(grant.id, {
      settings: { hosts },
      secrets: { token: { value: TOKEN } },
    });
    expect((await sendAs(mcp)(grant.id, server)).waited).toBe(true);
  });

  it('also counts for what waits and is alike', async () => {
    const { sendAs, server, grant, core } = await started();
    const window = await openWindow(core);
    const all = ['/1', '/2', '/3'].map((path) => sendAs(mcp)(grant.id, { url: server.url + path }));
    const other = sendAs(mcp)(grant.id, { url: server.url, method: 'POST' });
    await window.showing(4);
    await window.answer('ten-minutes');
    expect(await Promise.all(all)).toMatchObject([
      { status: 200 },
      { status: 200 },
      { status: 200 },
    ]);
    expect(await window.showing(1)).toMatchObject([{ method: 'POST' }]);
    await window.answer('deny');
    expect(await failureOf(other)).toMatchObject({ code: 'APPROVAL_REFUSED' });
  });
});

describe('Lock', () => {
  it('denies what waits, and forgets what was allowed', async () => {
    const { sendAs, server, grant, core } = await started();
    const window = await openWindow(core);
    const first = sendAs(mcp)(grant.id, server);
    await window.showing(1);
    await window.answer('ten-minutes');
    await first;
    const waiting = failureOf(sendAs(mcp)(grant.id, { url: server.url, method: 'PUT' }));
    await window.showing(1);
    await core.client.security.lock();
    expect(await waiting).toMatchObject({
      code: 'APPROVAL_REFUSED',
      message: expect.stringContaining('was locked'),
    });
    expect(await window.showing(0)).toEqual([]);
    await core.client.security.unlock({});
    const again = sendAs(mcp)(grant.id, server);
    await window.showing(1);
    await window.answer('once');
    expect((await again).waited).toBe(true);
  });
});

describe('several windows', () => {
  it('show the same; the first answer counts, and the others see the question go', async () => {
    const { sendAs, server, grant, core } = await started();
    const [one, two] = [await openWindow(core), await openWindow(core)];
    const sending = sendAs(mcp)(grant.id, server);
    const [question] = await one.showing(1);
    expect(await two.showing(1)).toEqual([question]);
    const id = question?.id ?? '';
    const answer = (each: ApprovalAnswer) => core.client.approvals.answer({ id, answer: each });
    expect(await Promise.all([answer('once'), answer('deny')])).toEqual([
      { counted: true },
      { counted: false },
    ]);
    expect((await sending).status).toBe(200);
    expect(await two.showing(0)).toEqual([]);
  });

  it('may close while others stay', async () => {
    const { sendAs, server, grant, core } = await started();
    const [one, two] = [await openWindow(core), await openWindow(core)];
    const sending = sendAs(mcp)(grant.id, server);
    await one.showing(1);
    await one.close();
    await two.showing(1);
    await two.answer('once');
    expect((await sending).status).toBe(200);
  });
});

describe('a window that closes', () => {
  it('leaves its questions for a moment, in case it only reloads', async () => {
    const runtime = new FakeRuntime();
    const { sendAs, server, grant, core } = await started({ runtime });
    const before = await openWindow(core);
    const sending = sendAs(mcp)(grant.id, server);
    await before.showing(1);
    await before.close();
    await runtime.advance(4000);
    const after = await openWindow(core);
    await runtime.advance(4000);
    expect(after.waiting).toHaveLength(1);
    await after.answer('once');
    expect((await sending).status).toBe(200);
  });

  it('takes them along otherwise', async () => {
    const runtime = new FakeRuntime();
    const { sendAs, server, grant, core } = await started({ runtime });
    const window = await openWindow(core);
    const sending = failureOf(sendAs(mcp)(grant.id, server));
    await window.showing(1);
    await window.close();
    await runtime.advance(5000);
    expect(await sending).toMatchObject({
      code: 'APPROVAL_REFUSED',
      message: expect.stringContaining('no window of Strongroom is open'),
    });
  });
});

describe('a host that can show its window', () => {
  it('hears of each change, and keeps a question that no page shows yet', async () => {
    const told: (readonly PendingApproval[])[] = [];
    const attention = { pending: (list: readonly PendingApproval[]) => void told.push(list) };
    const { sendAs, server, grant, core } = await started({ attention });
    const sending = sendAs(mcp)(grant.id, server);
    const window = await openWindow(core);
    await window.showing(1);
    await window.answer('once');
    expect((await sending).status).toBe(200);
    expect(told.map((list) => list.length)).toEqual([1, 0]);
    expect(told[0]).toMatchObject([{ method: 'GET' }]);
  });
});

describe('a core that closes', () => {
  it('leaves a line in the audit for what waits', async () => {
    const { sendAs, server, grant, core } = await started();
    const window = await openWindow(core);
    const sending = failureOf(sendAs(mcp)(grant.id, server));
    await window.showing(1);
    await core.restart();
    await sending;
    expect(newest(core)).toMatchObject({ decision: 'refused', rule: 'ask', error: 'INTERRUPTED' });
    expect(server.requests).toEqual([]);
  });
});
