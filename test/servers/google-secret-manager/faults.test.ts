/** Faults on command. Which requests meet them, and the effects, are tested with the Vault stand-in. */
import { expect, it } from 'vitest';
import { htmlAnswer } from '../faults';
import { httpCall } from '../http-client';
import { errorEffect } from './errors';
import {
  access,
  add,
  call,
  errorOf,
  inProject,
  outcome,
  server,
  startServerForEachTest,
} from './testing';

startServerForEachTest();

it('meet an operation, or a path', async () => {
  server.secrets().put('app', 'one');
  server.faults.add({
    match: ({ operation }) => operation === 'AccessSecretVersion',
    times: 1,
    effect: errorEffect('UNAVAILABLE', 'The service is currently unavailable.'),
  });
  server.faults.add({
    match: { method: 'POST', path: inProject('secrets/app:addVersion') },
    times: 1,
    effect: errorEffect('RESOURCE_EXHAUSTED', 'Slower.', { headers: { 'Retry-After': '7' } }),
  });
  const unavailable = await access('app');
  expect([unavailable.status, errorOf(unavailable).status]).toEqual([503, 'UNAVAILABLE']);
  expect(outcome(await access('app'))).toBe('OK');
  const exhausted = await add('app', 'two');
  expect([exhausted.status, exhausted.headers['retry-after']]).toEqual([429, '7']);
  expect(server.secrets().versions('app')).toHaveLength(1);
});

it('can come after the change was made', async () => {
  server.secrets().create('app');
  server.faults.add({ times: 1, effect: { kind: 'drop', applied: true } });
  await expect(add('app', 'one')).rejects.toThrow('socket hang up');
  server.faults.add({ times: 1, effect: errorEffect('INTERNAL', 'Lost.', { applied: true }) });
  expect((await add('app', 'two')).status).toBe(500);
  expect(server.secrets().versions('app')).toMatchObject([{ value: 'one' }, { value: 'two' }]);
});

it('hold a request until a gate opens', async () => {
  server.secrets().put('app', 'one');
  const gate = server.faults.gate({ method: 'GET' });
  const read = access('app');
  await gate.reached;
  server.secrets().put('app', 'two');
  gate.open();
  expect((await read).json).toMatchObject({
    payload: { data: Buffer.from('two').toString('base64') },
  });
});

it('meet the other services too', async () => {
  server.faults.add({ match: ({ service }) => service === 'oauth2', effect: htmlAnswer(502) });
  const result = await httpCall(server.url, '/token', { method: 'POST', body: 'grant_type=x' });
  expect([result.status, result.json]).toEqual([502, undefined]);
  expect(outcome(await call('GET', inProject('secrets')))).toBe('OK');
});
