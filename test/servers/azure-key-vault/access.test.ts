/** Tokens, roles, access policies and the network. */
import { describe, expect, test } from 'vitest';
import { httpCall, type HttpResult } from '../http-client';
import { seconds } from '../clock';
import type { Grant } from './access';
import { call, messageOf, refusal, server, startServerForEachTest } from './testing';

startServerForEachTest();

describe('a token', () => {
  const get = async (headers: Record<string, string> = {}): Promise<HttpResult> =>
    httpCall(server.url, '/secrets/app?api-version=7.4', { headers });
  const withToken = async (token: string): Promise<string> => {
    const answer = await get({ Authorization: `Bearer ${token}` });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toContain('Bearer authorization=');
    return messageOf(answer);
  };

  test('is asked for with a challenge', async () => {
    const answer = await get();
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer authorization="${server.url}/${server.tenantId}", resource="https://vault.azure.net"`,
    );
    expect(answer.json).toEqual({
      error: {
        code: 'Unauthorized',
        message: 'AKV10000: Request is missing a Bearer or PoP token.',
      },
    });
  });

  test('is asked for by a fake vault for another service', async () => {
    server.challenge = { resource: 'https://management.azure.com' };
    expect((await get()).headers['www-authenticate']).toContain(
      'resource="https://management.azure.com"',
    );
    server.challenge = { authorization: 'https://login.example/common' };
    expect((await get()).headers['www-authenticate']).toBe(
      'Bearer authorization="https://login.example/common", resource="https://vault.azure.net"',
    );
  });

  test('must be for this vault’s cloud and tenant', async () => {
    const ours = server.application();
    expect(await withToken(ours.token({ audience: 'https://vault.azure.net/' }))).toBe(
      'AKV10022: Invalid audience. Expected https://vault.azure.net, found: https://vault.azure.net/.',
    );
    const other = server.tenant();
    const theirs = server.application({ tenantId: other.id });
    expect(await withToken(theirs.token())).toBe(
      `AKV10032: Invalid issuer. Expected one of https://sts.windows.net/${server.tenantId}/, found https://sts.windows.net/${other.id}/.`,
    );
  });

  test('must be ours, and current', async () => {
    server.put('app', 'value');
    const token = server.application().token({ expiresIn: 60 });
    const headers = { Authorization: `Bearer ${token}` };
    expect((await get(headers)).status).toBe(200);
    server.clock.advance(seconds(61));
    expect(await withToken(token)).toBe("[TokenExpired] Error validating token: 'S2S12086'.");
    expect(await withToken('no-token')).toContain('[BearerReadAccessTokenFailed]');
    const [head = '', body = ''] = server.application().token().split('.');
    expect(await withToken(`${head}.${body}.AAAA`)).toBe(
      `AKV10046: Unable to resolve the key used for signature validation. EncodedJwtHeader: '${head}'.`,
    );
  });
});

/** Each operation once, on a vault with a live and a deleted secret. Returns the names of those allowed. */
async function allowed(grant: Grant): Promise<string[]> {
  const token = server.application(grant).token();
  const operations = [
    ['get', 'GET', '/secrets/app'],
    ['list', 'GET', '/secrets'],
    ['versions', 'GET', '/secrets/app/versions'],
    ['getDeleted', 'GET', '/deletedsecrets/gone'],
    ['listDeleted', 'GET', '/deletedsecrets'],
    ['set', 'PUT', '/secrets/app'],
    ['update', 'PATCH', '/secrets/app'],
    ['recover', 'POST', '/deletedsecrets/gone/recover'],
    ['purge', 'DELETE', '/deletedsecrets/old'],
    ['delete', 'DELETE', '/secrets/app'],
  ] as const;
  for (const name of ['app', 'gone', 'old']) server.put(name, 'value');
  server.delete('gone');
  server.delete('old');
  const names: string[] = [];
  for (const [name, method, path] of operations) {
    const { status } = await call(method, path, { token, body: { value: 'new' } });
    if (status < 300) names.push(name);
    else if (status !== 403) throw new Error(`${name} ended with ${String(status)}.`);
  }
  return names;
}

describe('roles', () => {
  const reading = ['list', 'versions', 'getDeleted', 'listDeleted'];
  const everything = ['get', ...reading, 'set', 'update', 'recover', 'purge', 'delete'];

  test.each([
    ['Key Vault Secrets User', ['get', ...reading]],
    ['Key Vault Reader', reading],
    ['Key Vault Secrets Officer', everything],
    ['Key Vault Administrator', everything],
  ] as const)('%s', async (role, expected) => {
    expect(await allowed({ roles: [role] })).toEqual(expected);
  });

  test('none, and access policies do not count', async () => {
    expect(await allowed({ permissions: ['get', 'list', 'set'] })).toEqual([]);
  });

  test('for one secret leave out the rest, and lists', async () => {
    const app = server.application({
      roles: [{ role: 'Key Vault Secrets User', secret: 'App' }],
    });
    server.put('app', 'value');
    server.put('other', 'value');
    const token = app.token();
    expect((await call('GET', '/secrets/app', { token })).status).toBe(200);
    expect((await call('GET', '/secrets', { token })).status).toBe(403);
    const refused = await call('GET', '/secrets/other', { token });
    expect(refusal(refused)).toEqual([403, 'ForbiddenByRbac']);
    expect(messageOf(refused).split('\r\n')).toEqual([
      'Caller is not authorized to perform action on resource.',
      'If role assignments, deny assignments or role definitions were changed recently, please observe propagation time.',
      `Caller: appid=${app.clientId};oid=${app.objectId};iss=https://sts.windows.net/${server.tenantId}/`,
      "Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action'",
      "Resource: '/subscriptions/00000000-0000-0000-0000-000000000000/resourcegroups/strongroom/providers/microsoft.keyvault/vaults/sample/secrets/other'",
      'Assignment: (not found)',
      'DenyAssignmentId: null',
      "DecisionReason: 'DeniedWithNoValidRBAC' ",
      'Vault: sample;location=westeurope',
      '',
    ]);
  });

  test('change from one request to the next', async () => {
    server.put('app', 'value');
    const app = server.application({ roles: [] });
    const get = async (): Promise<number> =>
      (await call('GET', '/secrets/app', { token: app.token() })).status;
    expect(await get()).toBe(403);
    server.grant(app, { roles: ['Key Vault Secrets User'] });
    expect(await get()).toBe(200);
  });

  test('come before the question whether there is such a secret', async () => {
    const token = server.application({ roles: [] }).token();
    expect((await call('GET', '/secrets/none', { token })).status).toBe(403);
  });
});

describe('access policies', () => {
  test('permit what they list', async () => {
    server.accessModel = 'policy';
    expect(await allowed({ permissions: ['get'] })).toEqual(['get', 'getDeleted']);
  });

  test('are words of the Portal, not roles', async () => {
    server.accessModel = 'policy';
    const everything = await allowed({
      permissions: ['get', 'list', 'set', 'delete', 'recover', 'purge'],
    });
    expect(everything).toHaveLength(10);
    const app = server.application({ roles: ['Key Vault Administrator'] });
    const refused = await call('GET', '/secrets', { token: app.token() });
    expect(refusal(refused)).toEqual([403, 'ForbiddenByPolicy']);
    expect(messageOf(refused)).toBe(
      `The user, group or application 'appid=${app.clientId};oid=${app.objectId};numgroups=0;iss=https://sts.windows.net/${server.tenantId}/' does not have secrets list permission on key vault 'sample;location=westeurope'. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125287`,
    );
  });
});

describe('the network', () => {
  test('keeps out addresses that the firewall does not list', async () => {
    server.put('app', 'value');
    server.network = { kind: 'firewall', allow: ['203.0.113.7'] };
    const refused = await call('GET', '/secrets/app');
    expect(refusal(refused)).toEqual([403, 'ForbiddenByFirewall']);
    expect(messageOf(refused)).toMatch(
      /^Client address is not authorized and caller is not a trusted service\.\r\nClient address: 127\.0\.0\.1\r\nCaller: appid=.*\r\nVault: sample;location=westeurope$/,
    );
    server.network = { kind: 'firewall', allow: ['127.0.0.1'] };
    expect((await call('GET', '/secrets/app')).status).toBe(200);
  });

  test('keeps out everybody without public access', async () => {
    server.network = { kind: 'private' };
    const refused = await call('GET', '/secrets/app');
    expect(refusal(refused)).toEqual([403, 'ForbiddenByConnection']);
    expect(messageOf(refused)).toContain(
      'Public network access is disabled and request is not from a trusted service nor via an approved private link.',
    );
  });
});
