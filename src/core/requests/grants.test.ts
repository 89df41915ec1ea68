/** States, clones and policies of grants, as requests meet them. */
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '@shared/model/policy';
import { FakeRuntime } from '@test/support/fake-runtime';
import { failureOf } from '@test/support/failure-of';
import { answeredBy, grantFor, service, startRequests } from '@test/support/requests';

const TOKEN = 'sk-live-4242424242';

async function started(options: Parameters<typeof startRequests>[0] = {}) {
  const requests = await startRequests(options);
  const server = await service(answeredBy('ok'));
  const grant = await grantFor(requests.core, server, { token: TOKEN });
  const { grants } = requests.core.core;
  return { ...requests, server, grant, grants };
}

describe('a grant', () => {
  it('that is disabled refuses, until it is enabled', async () => {
    const { send, server, grant, grants } = await started();
    await grants.setDisabled(grant.id, true);
    expect(await failureOf(send(grant.id, server))).toMatchObject({
      code: 'GRANT_DISABLED',
      details: { rule: 'state' },
    });
    await grants.setDisabled(grant.id, false);
    expect((await send(grant.id, server)).status).toBe(200);
  });

  it('that has expired refuses', async () => {
    const runtime = new FakeRuntime();
    const { send, server, grant, grants, core } = await started({ runtime });
    const policy = { ...defaultPolicy, expiresAt: runtime.now() + 1000 };
    await grants.update(grant.id, { settings: { policy } });
    await send(grant.id, server);
    await runtime.advance(1000);
    expect(await failureOf(send(grant.id, server))).toMatchObject({ code: 'GRANT_EXPIRED' });
    expect(grants.find(grant.id).state).toBe('expired');
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      { decision: 'refused', rule: 'expiry', error: 'GRANT_EXPIRED' },
    ]);
  });

  it('is found by its id from everywhere, and by its name in its workspace', async () => {
    const { core, grant, grants } = await started();
    expect(grants.find(grant.id.toUpperCase()).id).toBe(grant.id);
    expect(grants.find('service').id).toBe(grant.id);
    await core.client.workspaces.create({ name: 'Other' });
    expect(() => grants.find('service', { workspace: 'Other' })).toThrow('There is no grant');
    expect(grants.find(grant.id, { workspace: 'Other' }).id).toBe(grant.id);
  });

  it('says when it was used last', async () => {
    const runtime = new FakeRuntime();
    const { send, server, grant, grants } = await started({ runtime });
    expect(grants.find(grant.id)).not.toHaveProperty('usedAt');
    await runtime.advance(5000);
    await send(grant.id, server);
    const used = runtime.now();
    await runtime.advance(5000);
    await failureOf(send(grant.id, { url: 'https://example.org' }));
    expect(grants.find(grant.id).usedAt).toBe(used);
  });

  it('keeps its secret when its hosts change, and uses a new one after it was rotated', async () => {
    const { send, server, grant, grants, core } = await started();
    const other = await service(answeredBy('other'));
    await grants.update(grant.id, { settings: { hosts: [server.url, other.url] } });
    await core.restart();
    await send(grant.id, other);
    await core.core.grants.rotate(grant.id, { token: { value: 'sk-new-77777' } });
    await send(grant.id, other);
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${TOKEN}`,
      'Bearer sk-new-77777',
    ]);
  });

  it('loses a setting that is removed, and keeps those that are not named', async () => {
    const { core, send } = await startRequests();
    const server = await service(answeredBy('ok'));
    const settings = { type: 'api-key', header: 'X-Key', format: 'Key {token}' } as const;
    const grant = await grantFor(core, server, { token: TOKEN }, settings);
    await core.client.grants.update({ id: grant.id, settings: { header: null }, secrets: {} });
    await send(grant.id, server);
    expect(server.requests[0]?.headers).toMatchObject({ 'x-api-key': `Key ${TOKEN}` });
    expect(server.requests[0]?.headers).not.toHaveProperty('x-key');
  });

  it('stays as it was if a change is refused', async () => {
    const { send, server, grant, grants, core } = await started();
    await grants.create(core.workspaceId, {
      name: 'taken',
      settings: { ...grants.row(grant.id).settings },
      secrets: { token: { value: TOKEN } },
    });
    const rules = [{ place: 'header', name: 'App', format: '{appKey}' }] as const;
    for (const changes of [
      { name: 'taken', settings: { hosts: ['example.com'] } },
      { settings: { rules: [...rules] } },
      { secrets: { token: { value: 'a\nb' } } },
      { secrets: { unknown: { value: TOKEN } } },
    ]) {
      expect(await failureOf(grants.update(grant.id, changes))).toBeDefined();
    }
    expect((await send(grant.id, server)).status).toBe(200);
  });

  it('goes with its workspace, and its audit stays', async () => {
    const { send, server, core } = await started();
    const { id: workspaceId } = await core.client.workspaces.create({ name: 'Shop' });
    const grant = await core.core.grants.create(workspaceId, {
      name: 'service',
      settings: core.core.grants.row('service').settings,
      secrets: { token: { value: TOKEN } },
    });
    await send(grant.id, server);
    await core.client.workspaces.remove({ id: workspaceId });
    expect(await failureOf(send(grant.id, server))).toMatchObject({ code: 'NO_SUCH_GRANT' });
    expect(core.core.audit.list({ grant: grant.id, limit: 9 })).toMatchObject([
      { event: 'request', workspace: 'Shop', status: 200 },
      { event: 'grant-created', workspace: 'Shop' },
    ]);
  });

  it('without its secret says so after a session has ended', async () => {
    const { core, send } = await startRequests();
    await core.client.security.choose({ choice: { mode: 'session' } });
    const server = await service(answeredBy('ok'));
    const grant = await grantFor(core, server, { token: TOKEN });
    await send(grant.id, server);
    await core.restart();
    expect(await failureOf(send(grant.id, server))).toMatchObject({ code: 'GRANT_INCOMPLETE' });
  });
});

describe('a clone', () => {
  it('obeys the stricter of its own policy and the policy of its original', async () => {
    const { send, server, grant, grants } = await started();
    await grants.update(grant.id, {
      settings: { policy: { ...defaultPolicy, methods: ['GET', 'POST'] } },
    });
    const clone = await grants.clone(grant.id, {
      name: 'clone',
      policy: { ...defaultPolicy, methods: ['GET', 'DELETE'] },
    });
    expect((await send(clone.id, { ...server, method: 'GET' })).status).toBe(200);
    for (const method of ['POST', 'DELETE']) {
      expect(await failureOf(send(clone.id, { ...server, method }))).toMatchObject({
        code: 'POLICY_REFUSED',
        details: { rule: 'methods' },
      });
    }
  });

  it('cannot reach a host that its original does not name', async () => {
    const { send, grant, grants } = await started();
    const other = await service(answeredBy('other'));
    const clone = await grants.clone(grant.id, {
      name: 'clone',
      policy: defaultPolicy,
      hosts: [other.url],
    });
    expect(await failureOf(send(clone.id, other))).toMatchObject({ code: 'HOST_NOT_GRANTED' });
    expect(other.requests).toEqual([]);
  });

  it('uses the secret of its original, also after that was rotated', async () => {
    const { send, server, grant, grants } = await started();
    const first = await grants.clone(grant.id, { name: 'first', policy: defaultPolicy });
    const second = await grants.clone(first.id, { name: 'second', policy: defaultPolicy });
    await grants.rotate(grant.id, { token: { value: 'sk-new-77777' } });
    await send(second.id, server);
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-new-77777');
    expect(await failureOf(grants.rotate(second.id, { token: { value: TOKEN } }))).toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('uses the secret in the way of its original, and cannot change that', async () => {
    const { send, server, grant, grants } = await started();
    const clone = await grants.clone(grant.id, { name: 'clone', policy: defaultPolicy });
    const rules = [{ place: 'header', name: 'Api-Version', format: '7' } as const];
    await grants.update(grant.id, { settings: { rules } });
    await send(clone.id, server);
    expect(server.requests[0]?.headers['api-version']).toBe('7');
    expect(grants.find(clone.id).rules).toEqual(rules);
    const refused = await failureOf(grants.update(clone.id, { settings: { rules: [] } }));
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', details: { field: 'rules' } });
    const { policy: _, ...same } = grants.find(clone.id);
    await grants.update(clone.id, { settings: { rules: same.rules, hosts: same.hosts } });
  });

  it('ends by itself, and with its original', async () => {
    const runtime = new FakeRuntime();
    const { send, server, grant, grants } = await started({ runtime });
    const brief = await grants.clone(grant.id, {
      name: 'brief',
      policy: { ...defaultPolicy, expiresAt: runtime.now() + 60_000 },
    });
    const clone = await grants.clone(grant.id, { name: 'clone', policy: defaultPolicy });
    const deeper = await grants.clone(clone.id, { name: 'deeper', policy: defaultPolicy });
    await send(brief.id, server);
    await runtime.advance(60_000);
    expect(await failureOf(send(brief.id, server))).toMatchObject({ code: 'GRANT_EXPIRED' });
    await grants.remove(grant.id);
    for (const { id } of [clone, deeper]) {
      expect(await failureOf(send(id, server))).toMatchObject({ code: 'GRANT_ENDED' });
      expect(grants.find(id).state).toBe('ended');
    }
    await expect(
      grants.clone(clone.id, { name: 'another', policy: defaultPolicy }),
    ).rejects.toThrow('no longer exists');
  });

  it('is disabled with its original', async () => {
    const { send, server, grant, grants } = await started();
    const clone = await grants.clone(grant.id, { name: 'clone', policy: defaultPolicy });
    await grants.setDisabled(grant.id, true);
    expect(await failureOf(send(clone.id, server))).toMatchObject({ code: 'GRANT_DISABLED' });
  });
});

describe('a rate', () => {
  it('counts requests over its time, those of clones too, also after a restart', async () => {
    const runtime = new FakeRuntime();
    const { send, server, grant, grants, core } = await started({ runtime });
    const policy = { ...defaultPolicy, rate: { requests: 2, seconds: 60 } };
    await grants.update(grant.id, { settings: { policy } });
    const clone = await grants.clone(grant.id, { name: 'clone', policy: defaultPolicy });
    await send(grant.id, server);
    await send(clone.id, server);
    await core.restart();
    expect(await failureOf(send(grant.id, server))).toMatchObject({
      code: 'RATE_EXCEEDED',
      details: { rule: 'rate' },
    });
    await runtime.advance(60_000);
    await send(grant.id, server);
  });

  it('holds for requests at the same time', async () => {
    const { send, server, grant, grants } = await started();
    const policy = { ...defaultPolicy, rate: { requests: 3, seconds: 60 } };
    await grants.update(grant.id, { settings: { policy } });
    const all = await Promise.allSettled(Array.from({ length: 10 }, () => send(grant.id, server)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    expect(server.requests).toHaveLength(3);
  });
});
