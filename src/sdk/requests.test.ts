/** Requests with references in their headers. */
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { answeringServer } from '@test/support/answering-http';
import { failureOf } from '@test/support/failure-of';
import { TestLibrary } from '@test/support/sdk';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { vault, webhook } from './index';
import type { Vault } from './types';

const TOKEN = 'Bearer secret-token-value';
const reference = { vault: 'api-keys', key: 'external-api-token' };

/** A vault, and beside it another one whose secrets the headers refer to. */
async function openBoth(): Promise<{ readonly secrets: Vault; readonly keys: Vault }> {
  const options = { provider: 'plain-files', settings: { folder: temporaryDirectory() } } as const;
  const library = new TestLibrary();
  const keys = await library.vault('api-keys', options);
  await keys.set('external-api-token', TOKEN);
  await keys.set('api-secret', 'second-secret-value');
  await keys.set('lines', 'secret-part-1\nsecret-part-2');
  await keys.set('end-of-line', `${TOKEN}\n`);
  return { secrets: await library.vault('app', options), keys };
}

const open = async (): Promise<Vault> => (await openBoth()).secrets;

describe('fetch', () => {
  it('sends secrets of any vault in headers, and all else as fetch does', async () => {
    const secrets = await open();
    const server = await answeringServer(() => ({ status: 201, body: 'made' }));
    const response = await secrets.fetch(`${server.url}/orders`, {
      method: 'POST',
      body: 'x=1',
      headers: {
        'Content-Type': 'text/plain',
        Authorization: reference,
        'X-API-Key': { vault: 'api-keys', key: 'api-secret' },
      },
    });
    expect(response.status).toBe(201);
    expect(await response.text()).toBe('made');
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]).toMatchObject({ method: 'POST', target: '/orders', body: 'x=1' });
    expect(server.requests[0]!.headers).toMatchObject({
      authorization: TOKEN,
      'x-api-key': 'second-secret-value',
      'content-type': 'text/plain',
    });
    await secrets.fetch(new URL(server.url), { headers: [['Authorization', reference]] });
    expect(server.requests[1]!.headers['authorization']).toBe(TOKEN);
  });

  it('reads a secret when it is sent', async () => {
    const { secrets, keys } = await openBoth();
    const server = await answeringServer(() => ({}));
    const send = () => secrets.fetch(server.url, { headers: { Authorization: reference } });
    await send();
    await keys.set('external-api-token', 'rotated');
    await send();
    expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual([
      TOKEN,
      'rotated',
    ]);
  });

  it.each([
    ['a secret', { vault: 'api-keys', key: 'missing' }],
    ['a vault', { vault: 'missing', key: 'external-api-token' }],
  ])('sends nothing without %s', async (_, missing) => {
    const secrets = await open();
    const server = await answeringServer(() => ({}));
    const headers = { 'X-First': reference, Authorization: missing };
    const error = await failureOf(secrets.fetch(server.url, { headers }));
    expect(error).toMatchObject({ name: 'StrongroomError', code: 'NO_SUCH_VARIABLE' });
    expect(String(error)).toContain(missing.key);
    expect(inspect(error)).not.toContain(TOKEN);
    expect(server.requests).toEqual([]);
  });

  it('never quotes a value that cannot be a header', async () => {
    const secrets = await open();
    const server = await answeringServer(() => ({}));
    const lines = { Authorization: { vault: 'api-keys', key: 'lines' } };
    const error = await failureOf(secrets.fetch(server.url, { headers: lines }));
    expect(error).toMatchObject({ code: 'INVALID_INPUT' });
    expect(inspect(error, { depth: 9 })).not.toContain('secret-part');
    // A line break at the end comes from a file, and `fetch` leaves it out.
    const end = { Authorization: { vault: 'api-keys', key: 'end-of-line' } };
    await secrets.fetch(server.url, { headers: end });
    expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual([TOKEN]);
  });

  it('refuses a header that is neither a string nor a reference', async () => {
    const secrets = await open();
    const headers = { Authorization: { vault: 'api-keys' } } as never;
    expect(await failureOf(secrets.fetch('https://example.com', { headers }))).toMatchObject({
      code: 'INVALID_INPUT',
    });
    expect(await failureOf(secrets.fetch('example'))).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('ends with the reason of its signal, as fetch does', async () => {
    const secrets = await open();
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    const headers = { Authorization: reference };
    expect(await failureOf(secrets.fetch('http://127.0.0.1:9', { headers, signal }))).toBe(reason);
  });

  it('fails as fetch does if there is no server', async () => {
    const secrets = await open();
    const headers = { Authorization: reference };
    const error = await failureOf(secrets.fetch('http://127.0.0.1:9', { headers }));
    expect(error).toBeInstanceOf(TypeError);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(TOKEN);
  });
});

describe('a redirect', () => {
  const to = (location: string, status = 302) => ({ status, headers: { Location: location } });

  it('within the origin takes the secret along', async () => {
    const secrets = await open();
    const server = await answeringServer(({ target }) =>
      target === '/old' ? to('/new') : { body: 'here' },
    );
    const response = await secrets.fetch(`${server.url}/old`, {
      headers: { Authorization: reference },
    });
    expect(await response.text()).toBe('here');
    expect(response.redirected).toBe(true);
    expect(response.url).toBe(`${server.url}/new`);
    expect(server.requests.map(({ headers }) => headers['authorization'])).toEqual([TOKEN, TOKEN]);
  });

  it('to another origin leaves every secret behind, also on the way back', async () => {
    const secrets = await open();
    const home: { url: string } = { url: '' };
    const other = await answeringServer(() => to(`${home.url}/back`));
    const server = await answeringServer(({ target }) => (target === '/' ? to(other.url) : {}));
    home.url = server.url;
    await secrets.fetch(server.url, {
      headers: {
        Authorization: 'Basic typed',
        'X-API-Key': reference,
        Cookie: 'a=b',
        'X-Plain': 'plain',
      },
    });
    const [first, , ...more] = [server.requests[0]!, other.requests[0]!, server.requests[1]!];
    expect(first.headers).toMatchObject({ 'x-api-key': TOKEN, authorization: 'Basic typed' });
    for (const { headers } of [other.requests[0]!, ...more]) {
      expect(headers['x-plain']).toBe('plain');
      expect(JSON.stringify(headers)).not.toMatch(/secret-token|typed|a=b/);
    }
  });

  it.each<[number, string, string, string]>([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [302, 'PUT', 'PUT', 'body'],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'body'],
    [308, 'POST', 'POST', 'body'],
  ])('%i of %s goes on with %s', async (status, method, next, body) => {
    const secrets = await open();
    const server = await answeringServer(({ target }) =>
      target === '/' ? to('/next', status) : {},
    );
    await secrets.fetch(server.url, {
      method,
      body: 'body',
      headers: { Authorization: reference, 'Content-Type': 'text/x' },
    });
    expect(server.requests[1]).toMatchObject({ method: next, target: '/next', body });
    expect(server.requests[1]!.headers['content-type']).toBe(body === '' ? undefined : 'text/x');
  });

  it('303 of HEAD stays HEAD', async () => {
    const secrets = await open();
    const server = await answeringServer(({ target }) => (target === '/' ? to('/next', 303) : {}));
    await secrets.fetch(server.url, { method: 'HEAD' });
    expect(server.requests.map(({ method }) => method)).toEqual(['HEAD', 'HEAD']);
  });

  it.each([
    ['without an end', () => to('/again'), 21],
    ['to no web address', () => to('file:///etc/passwd'), 1],
    ['to nothing that is an address', () => to('http://[broken'), 1],
  ])('%s is an error', async (_, answer, requests) => {
    const secrets = await open();
    const server = await answeringServer(answer);
    const headers = { Authorization: reference };
    const error = await failureOf(secrets.fetch(`${server.url}/path?query=1`, { headers }));
    expect(error).toMatchObject({ name: 'StrongroomError', code: 'REDIRECTED' });
    expect(server.requests).toHaveLength(requests);
  });

  it('is returned or refused, if the options say so', async () => {
    const secrets = await open();
    const server = await answeringServer(() => to('/next'));
    const response = await secrets.fetch(server.url, { redirect: 'manual' });
    expect(response.status).toBe(302);
    expect(await failureOf(secrets.fetch(server.url, { redirect: 'error' }))).toMatchObject({
      code: 'REDIRECTED',
    });
    expect(server.requests).toHaveLength(2);
  });

  it('of a stream is an error, since it is used up', async () => {
    const secrets = await open();
    const server = await answeringServer(() => to('/next', 307));
    const body = new Blob(['streamed']).stream();
    const options = { method: 'POST', body, duplex: 'half' } as RequestInit;
    expect(await failureOf(secrets.fetch(server.url, options as object))).toMatchObject({
      code: 'REDIRECTED',
    });
  });
});

describe('a webhook', () => {
  it('posts what its function makes of the arguments, with secrets in its headers', async () => {
    const secrets = await open();
    const server = await answeringServer(() => ({ status: 204 }));
    interface Order {
      readonly newRecord: { readonly id: string; readonly total: number };
    }
    const notify = secrets.webhook({
      url: `${server.url}/orders`,
      headers: {
        Authorization: reference,
        'X-API-Key': { vault: 'api-keys', key: 'api-secret' },
      },
      requestBody: ({ newRecord }: Order) => ({ orderId: newRecord.id, amount: newRecord.total }),
    });
    for (const id of ['a', 'b']) {
      const response = await notify({ newRecord: { id, total: 3 } });
      expect(response.status).toBe(204);
    }
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual([
      ['POST', '{"orderId":"a","amount":3}'],
      ['POST', '{"orderId":"b","amount":3}'],
    ]);
    expect(server.requests[0]!.headers).toMatchObject({
      authorization: TOKEN,
      'x-api-key': 'second-secret-value',
      'content-type': 'application/json',
    });
  });

  it('keeps the type that it is given, and what is a body already', async () => {
    const secrets = await open();
    const server = await answeringServer(() => ({}));
    const typed = secrets.webhook({
      url: server.url,
      method: 'PUT',
      headers: { 'content-type': 'application/vnd.api+json' },
      requestBody: () => ({ a: 1 }),
    });
    await typed();
    const form = secrets.webhook({
      url: server.url,
      requestBody: (id: string) => new URLSearchParams({ id }),
    });
    await form('7');
    await secrets.webhook({ url: server.url, method: 'GET' })();
    expect(
      server.requests.map(({ method, headers, body }) => [method, headers['content-type'], body]),
    ).toEqual([
      ['PUT', 'application/vnd.api+json', '{"a":1}'],
      ['POST', 'application/x-www-form-urlencoded;charset=UTF-8', 'id=7'],
      ['GET', undefined, ''],
    ]);
  });

  it('works without an open vault', async () => {
    const folder = temporaryDirectory();
    const options = { provider: 'plain-files', settings: { folder } } as const;
    const keys = await vault('api-keys', options);
    onTestFinished(() => {
      keys.close();
    });
    await keys.set('external-api-token', TOKEN);
    const server = await answeringServer(() => ({}));
    const notify = webhook({ url: server.url, headers: { Authorization: reference } }, options);
    await notify();
    expect(server.requests[0]!.headers['authorization']).toBe(TOKEN);
  });

  it('ends with its signal', async () => {
    const secrets = await open();
    const reason = new Error('enough');
    const call = secrets.webhook({ url: 'http://127.0.0.1:9' })(undefined, {
      signal: AbortSignal.abort(reason),
    });
    expect(await failureOf(call)).toBe(reason);
  });
});
