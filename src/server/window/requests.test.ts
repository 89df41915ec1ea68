import { expect, it } from 'vitest';
import { all } from '@test/support/core';
import { failureOf } from '@test/support/failure-of';
import { answeredBy, grantFor, service, startRequests } from '@test/support/requests';

it('makes a request for the person at the window, with the reason', async () => {
  const { core } = await startRequests();
  const server = await service(answeredBy('the token is sk-live-4242', 418));
  const grant = await grantFor(core, server, { token: 'sk-live-4242' });
  const events = await all(
    core.client.requests.send({
      grant: grant.id,
      method: 'POST',
      url: `${server.url}/orders`,
      headers: [['Content-Type', 'text/plain']],
      body: 'größer',
      reason: 'to try it',
    }),
  );
  const chunks = events.flatMap((event) => (event.type === 'chunk' ? [event.base64] : []));
  expect(events[0]).toMatchObject({ type: 'head', status: 418, url: `${server.url}/orders` });
  expect(Buffer.concat(chunks.map((text) => Buffer.from(text, 'base64'))).toString()).toBe(
    'the token is [token]',
  );
  expect(events.at(-1)).toEqual({ type: 'end', replaced: 1 });
  expect(server.requests).toMatchObject([{ method: 'POST', body: 'größer' }]);
  expect(core.core.audit.list({ limit: 1 })).toMatchObject([
    { event: 'request', caller: { kind: 'window' }, reason: 'to try it', status: 418 },
  ]);
});

it('says which rule refused', async () => {
  const { core } = await startRequests();
  const server = await service(answeredBy('ok'));
  const grant = await grantFor(core, server, { token: 'sk-live-4242' });
  const url = 'https://elsewhere.example/';
  const request = { grant: grant.id, method: 'GET', url, headers: [] };
  const refused = await failureOf(all(core.client.requests.send(request)));
  expect(refused).toMatchObject({ code: 'HOST_NOT_GRANTED', data: { details: { rule: 'host' } } });
});
