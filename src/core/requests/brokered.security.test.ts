/** Placeholders in requests: who may use them, for which secrets, and that nothing is replaced without a permission. */
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { failureOf } from '@test/support/failure-of';
import { bodyText, grantFor, service, startRequests } from '@test/support/requests';
import { writeAllChecksums } from '@core/storage/checked-rows';
import { Database } from '@core/storage/database';
import { defaultPolicy } from '@shared/model/policy';
import type { Brokered } from './request-service';

const VALUE = 'sk-live-4242/42+42~x';
const TEXT = 'strongroom_API_KEY_0123456789abcdef0123456789abcdef';

const brokered: Brokered = {
  placeholders: [{ text: TEXT, secret: 'token' }],
  others: [],
  mixedWith: [],
};

/** A grant that refers to a variable, and a service that tells what it got. */
async function scene(settings: Parameters<typeof grantFor>[3] = {}) {
  const { core, sendAs } = await startRequests();
  await core.create('production', { API_KEY: VALUE, OTHER: 'another-value-4242' });
  const server = await service((request, response) => {
    request.on('end', () => response.end(request.headers.authorization));
    request.resume();
  });
  const reference = { environment: 'production', key: 'API_KEY' };
  const grant = await grantFor(core, server, { token: reference }, settings);
  const headers = [['Authorization', `Bearer ${TEXT}`]] as const;
  return { core, server, grant, headers, sendAs, send: sendAs({ kind: 'cli' }) };
}

describe('placeholders', () => {
  it.each(['sdk', 'mcp', 'serve', 'window'] as const)(
    'are replaced for the command line, and not for %s',
    async (kind) => {
      const all = { window: 'allow', cli: 'allow', sdk: 'allow', mcp: 'allow', serve: 'allow' };
      const policy = { ...defaultPolicy, callers: all } as typeof defaultPolicy;
      const { server, grant, headers, send, sendAs } = await scene({ policy });
      const request = { url: server.url, headers, brokered };
      const error = await failureOf(sendAs({ kind })(grant.id, request));
      expect(error).toMatchObject({ code: 'POLICY_REFUSED', details: { rule: 'callers' } });
      const plain = { ...request, brokered: { ...brokered, placeholders: [] } };
      expect(await failureOf(sendAs({ kind })(grant.id, plain))).toMatchObject({
        code: 'POLICY_REFUSED',
      });
      expect(server.requests).toEqual([]);
      const answer = await send(grant.id, request);
      expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${VALUE}`);
      expect(bodyText(answer)).toBe('Bearer [token]');
    },
  );

  it('are not replaced by a secret that is stored, which nobody can read in another way', async () => {
    const { core, sendAs } = await startRequests();
    const server = await service((_, response) => response.end());
    const grant = await grantFor(core, server, { token: VALUE });
    const request = { url: server.url, headers: [['X', TEXT]] as const, brokered };
    const error = await failureOf(sendAs({ kind: 'cli' })(grant.id, request));
    expect(error).toMatchObject({ code: 'POLICY_REFUSED', details: { rule: 'grant' } });
    expect(server.requests).toEqual([]);
  });

  it('are all that a request without a permission has, on any path of the hosts and nowhere else', async () => {
    const { core, server, grant, headers, send } = await scene();
    await core.core.grants.setDisabled(grant.id, true);
    const plain = { ...brokered, placeholders: [] };
    await send(grant.id, { url: `${server.url}/any`, headers, brokered: plain });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TEXT}`);
    const elsewhere = await failureOf(
      send(grant.id, { url: 'https://evil.test/', headers, brokered: plain }),
    );
    expect(elsewhere).toMatchObject({ code: 'HOST_NOT_GRANTED' });
    const used = await failureOf(send(grant.id, { url: server.url, headers, brokered }));
    expect(used).toMatchObject({ code: 'GRANT_DISABLED' });
    expect(server.requests).toHaveLength(1);
    const entries = core.core.audit.list({ events: ['request'], limit: 10 });
    expect(entries).toMatchObject([{ decision: 'refused', rule: 'state' }]);
  });

  it('are not replaced, nor is anything sent, with a grant that somebody else has written', async () => {
    const { core, server, grant, headers, send } = await scene();
    const reference = { environment: 'production', key: 'API_KEY' };
    const another = await grantFor(core, server, { token: reference }, {}, 'another');
    await core.close();
    const database = new Database(join(core.dataDirectory, 'strongroom.db'));
    const references = JSON.stringify([{ name: 'token', ...reference, key: 'OTHER' }]);
    database.run('UPDATE grants SET references_json = ? WHERE id = ?', references, another.id);
    writeAllChecksums(database, 'main');
    database.close();
    await core.start();
    const used = send(another.id, { url: server.url, headers, brokered });
    expect(await failureOf(used)).toMatchObject({ code: 'GRANT_CHANGED' });
    const plain = { ...brokered, placeholders: [] };
    const unused = send(another.id, { url: server.url, headers, brokered: plain });
    expect(await failureOf(unused)).toMatchObject({ code: 'GRANT_CHANGED' });
    const beside = { ...brokered, others: [another.id] };
    const hiding = send(grant.id, { url: server.url, headers, brokered: beside });
    expect(await failureOf(hiding)).toMatchObject({ code: 'GRANT_CHANGED' });
    expect(server.requests).toEqual([]);
  });

  it('are replaced in a body whatever the borders of its chunks', async () => {
    const { server, grant, send } = await scene();
    const body = `a${TEXT}b${TEXT.slice(0, 20)}${TEXT}${TEXT}c`;
    for (const size of [1, 7, TEXT.length - 1, 1000]) {
      const chunks = body.match(new RegExp(`.{1,${String(size)}}`, 'g')) ?? [];
      const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
      await send(grant.id, { url: server.url, method: 'POST', body: stream, brokered });
    }
    const sent = body.replaceAll(TEXT, VALUE);
    expect(server.requests.map((request) => request.body)).toEqual([sent, sent, sent, sent]);
  });

  it('are signed with the key, if a program has signed with its placeholder', async () => {
    const { core, sendAs } = await startRequests();
    await core.create('production', { ID: 'AKIDEXAMPLE', KEY: VALUE });
    const server = await service((request, response) => {
      request.on('end', () => response.end(request.headers.authorization));
      request.resume();
    });
    const [accessKeyId, secretAccessKey] = ['ID', 'KEY'].map((key) => ({
      environment: 'production',
      key,
    }));
    const secrets = { accessKeyId: accessKeyId!, secretAccessKey: secretAccessKey! };
    const settings = { type: 'sigv4', region: 'eu-west-1', service: 's3' } as const;
    const grant = await grantFor(core, server, secrets, settings);
    const send = (id: string) =>
      sendAs({ kind: 'cli' })(grant.id, {
        url: server.url,
        headers: [
          ['X-Amz-Date', '20200101T000000Z'],
          ['X-Amz-Content-Sha256', 'UNSIGNED-PAYLOAD'],
          [
            'Authorization',
            `AWS4-HMAC-SHA256 Credential=${id}/20200101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=00`,
          ],
        ],
        brokered: { ...brokered, placeholders: [{ text: TEXT, secret: 'secretAccessKey' }] },
      });
    const answer = await send('AKIDEXAMPLE');
    const sent = server.requests[0]?.headers.authorization ?? '';
    expect(sent).toMatch(/Credential=AKIDEXAMPLE\/(?!20200101).*Signature=[\da-f]{64}$/);
    expect(bodyText(answer)).toBe(sent.replace(/[\da-f]{64}$/, '[signature]'));
    const another = await failureOf(send('AKIDOTHER'));
    expect(another).toMatchObject({ code: 'HEADER_REFUSED' });
    expect(server.requests).toHaveLength(1);
  });
});
