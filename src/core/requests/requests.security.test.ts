/** Tries to get the credential of a grant out: as a program, as the service that answers, and as a page. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority } from '@test/servers/certificates';
import { FakeRuntime, runningTime } from '@test/support/fake-runtime';
import { defaultPolicy } from '@shared/model/policy';
import { failureOf } from '@test/support/failure-of';
import {
  answeredBy,
  bodyText,
  grantFor,
  service,
  startRequests,
  type Answered,
} from '@test/support/requests';
import type { GrantSettings } from '@shared/model/grant';
import { writeAllChecksums } from '@core/storage/checked-rows';
import { Database } from '@core/storage/database';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { createAgentRouter } from '@server/agent/router';
import { createWindowRouter } from '@server/window/router';

const TOKEN = 'sk-live-4242/42+42~x';

/** Everything in which the credential could be: the value, and how programs write it. */
const forms = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  encodeURIComponent(value).toLowerCase(),
  Buffer.from(value).toString('base64'),
  Buffer.from(value).toString('base64url'),
];

const expectNothingOf = (value: string, where: unknown): void => {
  const text = typeof where === 'string' ? where : JSON.stringify(where);
  for (const form of forms(value)) expect(text.toLowerCase()).not.toContain(form.toLowerCase());
};

const everything = ({ headers, url, chunks }: Answered): string =>
  JSON.stringify([headers, url, bodyText({ chunks })]);

describe('a service that shows what it got', () => {
  it.each([
    ['as it is', (value: string) => value],
    ['in JSON', (value: string) => JSON.stringify({ value })],
    ['URL-encoded', encodeURIComponent],
    ['URL-encoded in small letters', (value: string) => encodeURIComponent(value).toLowerCase()],
    ['as a form', (value: string) => new URLSearchParams({ value }).toString()],
    ['in base64', (value: string) => Buffer.from(value).toString('base64')],
    ['in base64url', (value: string) => Buffer.from(value).toString('base64url')],
    [
      'inside of longer base64',
      (value: string) => Buffer.from(`user:${value}:rest`).toString('base64'),
    ],
    ['many times in a row', (value: string) => value.repeat(50)],
  ] as const)('gives nothing away: %s', async (_, write) => {
    const { core, send } = await startRequests();
    const server = await service((request, response) => {
      const value = (request.headers.authorization ?? '').replace('Bearer ', '');
      response.writeHead(200, { 'X-Echo': write(value).slice(0, 8000) });
      response.end(`before ${write(value)} after`);
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const answer = await send(grant.id, { url: server.url });
    expect(bodyText(answer)).toMatch(/^before .* after$/s);
    expectNothingOf(TOKEN, everything(answer));
    expect(answer.replaced).toBeGreaterThan(0);
  });

  it.each([
    ['an image', 'image/png'],
    ['bytes', 'application/octet-stream'],
    ['an event stream', 'text/event-stream'],
    ['no type', ''],
  ])('gives nothing away when it calls its answer %s', async (_, type) => {
    const { core, send } = await startRequests();
    const server = await service((request, response) => {
      if (type !== '') response.setHeader('Content-Type', type);
      response.end(
        Buffer.concat([
          Buffer.of(0, 255, 128),
          Buffer.from(`data: ${request.headers.authorization ?? ''}\n\n`),
        ]),
      );
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const answer = await send(grant.id, { url: server.url });
    expect(bodyText(answer)).toContain('data: Bearer [token]');
    expectNothingOf(TOKEN, everything(answer));
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('gives nothing away in %s', async (encoding, compress) => {
    const { core, send } = await startRequests();
    const server = await service((request, response) => {
      response.writeHead(200, { 'Content-Encoding': encoding });
      response.end(compress(Buffer.from(`it is ${request.headers.authorization ?? ''}`)));
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const answer = await send(grant.id, { url: server.url });
    expect(bodyText(answer)).toBe('it is Bearer [token]');
    expect(server.requests[0]?.headers['accept-encoding']).toBe('identity');
  });

  it('gives nothing away in an encoding that nobody here knows, or that is a lie', async () => {
    const { core, send } = await startRequests();
    for (const encoding of ['zstd', 'gzip', 'x-secret', 'gzip, gzip, gzip']) {
      const server = await service((request, response) => {
        response.writeHead(200, { 'Content-Encoding': encoding });
        response.end(request.headers.authorization);
      });
      const grant = await core.core.grants.create(core.workspaceId, {
        name: encoding,
        settings: settingsFor(server.url),
        secrets: { token: { value: TOKEN } },
      });
      const error = await failureOf(send(grant.id, { url: server.url }));
      expect(error).toMatchObject({ code: 'UNEXPECTED_ANSWER' });
      expectNothingOf(TOKEN, String(error) + JSON.stringify(error));
    }
  });

  it('gives nothing away byte by byte, and over slow chunks', async () => {
    const { core, send } = await startRequests();
    const server = await service((request, response) => {
      const text = `x${request.headers.authorization ?? ''}y`;
      const write = (index: number): void => {
        if (index >= text.length) response.end();
        else response.write(text.slice(index, index + 1), () => setImmediate(write, index + 1));
      };
      write(0);
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const answer = await send(grant.id, { url: server.url });
    expect(bodyText(answer)).toBe('xBearer [token]y');
    for (const chunk of answer.chunks) expectNothingOf(TOKEN, Buffer.from(chunk).toString());
  });

  it('gives nothing away of Basic, of two secrets, of a parameter and of a signature', async () => {
    const { core, send } = await startRequests();
    const server = await service((request, response) => {
      response.end(JSON.stringify([request.url, request.headers]));
    });
    const host = [server.url];
    const cases: [string, Partial<GrantSettings>, Record<string, string>][] = [
      ['basic', { type: 'basic' }, { username: 'ann', password: TOKEN }],
      [
        'two',
        {
          type: 'api-key',
          rules: [
            { place: 'header', name: 'App-Key', format: '{appKey}' },
            { place: 'query', name: 'k', format: 'v1-{token}' },
          ],
        },
        { token: TOKEN, appKey: 'second/secret-99' },
      ],
      [
        'sigv4',
        { type: 'sigv4', region: 'eu-west-1', service: 's3' },
        { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: TOKEN, sessionToken: 'session/token==99' },
      ],
    ];
    for (const [name, settings, secrets] of cases) {
      const grant = await core.core.grants.create(core.workspaceId, {
        name,
        settings: { ...settingsFor(server.url), hosts: host, ...settings },
        secrets: Object.fromEntries(
          Object.entries(secrets).map(([key, value]) => [key, { value }]),
        ),
      });
      const text = everything(await send(grant.id, { url: `${server.url}/x` }));
      for (const [key, value] of Object.entries(secrets)) {
        if (key !== 'username' && key !== 'accessKeyId') expectNothingOf(value, text);
      }
      expect(text).not.toContain(Buffer.from(`ann:${TOKEN}`).toString('base64'));
      expect(text).not.toMatch(/Signature=[\da-f]{64}/);
    }
  });

  it('gives nothing away in the address that it redirects to, or in names of headers', async () => {
    const { core, send } = await startRequests();
    const evil = await service(answeredBy('got it'));
    const server = await service((request, response) => {
      const value = encodeURIComponent(
        (request.headers.authorization ?? '').replace('Bearer ', ''),
      );
      if (request.url === '/elsewhere') {
        response.writeHead(302, { Location: `${evil.url}/?stolen=${value}` }).end();
      } else if (request.url === '/host') {
        response.writeHead(302, { Location: `https://sk-live-4242.evil.example/${value}` }).end();
      } else {
        response.writeHead(200, { 'X-sk-live-4242-ok': 'yes', Link: `<?k=${value}>` }).end();
      }
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    for (const path of ['/elsewhere', '/host']) {
      const error = await failureOf(send(grant.id, { url: `${server.url}${path}` }));
      expect(error).toMatchObject({ code: 'REDIRECT_REFUSED', details: { rule: 'redirect' } });
      expectNothingOf(TOKEN, String(error) + JSON.stringify(error));
    }
    expect(evil.requests).toEqual([]);
    expectNothingOf(TOKEN, everything(await send(grant.id, { url: `${server.url}/` })));
    expectNothingOf(TOKEN, core.core.audit.list({ limit: 100 }));
  });

  it('cannot answer without an end, or with a bomb', async () => {
    const { core, send } = await startRequests();
    const bomb = gzipSync(Buffer.alloc(101 * 1024 * 1024));
    const server = await service((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const error = await failureOf(send(grant.id, { url: server.url }));
    expect(error).toMatchObject({ code: 'RESPONSE_TOO_LARGE' });
  });
});

const settingsFor = (url: string): GrantSettings => ({
  type: 'bearer',
  rules: [],
  hosts: [url],
  networks: [],
  policy: { callers: { window: 'allow', cli: 'allow', sdk: 'allow', mcp: 'ask', serve: 'deny' } },
});

describe('a host that the grant does not name', () => {
  it.each([
    ['another host', 'https://evil.example/', 'HOST_NOT_GRANTED'],
    ['the host as a user', 'https://api.example.com@evil.example/', 'INVALID_INPUT'],
    ['the host as a subdomain', 'https://api.example.com.evil.example/', 'HOST_NOT_GRANTED'],
    ['a backslash', String.raw`https://evil.example\@api.example.com/`, 'INVALID_INPUT'],
    ['another port', 'https://api.example.com:8443/', 'HOST_NOT_GRANTED'],
    ['http', 'http://api.example.com/', 'PLAIN_HTTP_REFUSED'],
    ['another scheme', 'file:///etc/passwd', 'INVALID_INPUT'],
    ['a line break', 'https://api.example.com/\r\nHost: evil.example', 'INVALID_INPUT'],
    ['a tab in the host', 'https://evil.example\t.api.example.com/', 'INVALID_INPUT'],
    ['a fragment that hides the host', 'https://evil.example#.api.example.com', 'HOST_NOT_GRANTED'],
  ])('gets nothing: %s', async (_, url, code) => {
    const { core, send } = await startRequests({
      hosts: { 'api.example.com': [['192.0.2.1']], 'evil.example': [['192.0.2.2']] },
    });
    const grant = await grantFor(core, { url: 'api.example.com' }, { token: TOKEN });
    const error = await failureOf(send(grant.id, { url }));
    expect(error).toMatchObject({ code, details: { rule: expect.any(String) } });
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      { event: 'request', decision: 'refused', error: code },
    ]);
  });

  it('gets nothing by a redirect, whatever its status', async () => {
    const { core, send } = await startRequests();
    const other = await service(answeredBy('got it'));
    const server = await service((request, response) => {
      response.writeHead(Number((request.url ?? '').slice(1)), { Location: other.url }).end();
    });
    const grant = await grantFor(
      core,
      server,
      { token: TOKEN },
      {
        type: 'api-key',
        header: 'X-Custom-Token',
      },
    );
    for (const status of [301, 302, 303, 307, 308]) {
      const error = await failureOf(send(grant.id, { url: `${server.url}/${String(status)}` }));
      expect(error).toMatchObject({ code: 'REDIRECT_REFUSED' });
      expect(core.core.audit.list({ limit: 1 })).toMatchObject([
        { decision: 'refused', rule: 'redirect', status },
      ]);
    }
    expect(other.requests).toEqual([]);
  });

  it('gets nothing by a redirect from https to http, of the same name', async () => {
    const authority = createAuthority();
    const runtime = new FakeRuntime(runningTime());
    runtime.env['NODE_EXTRA_CA_CERTS'] = authorityFile(authority.cert);
    const plain = await service(answeredBy('got it'));
    const { core, send } = await startRequests({ runtime });
    const server = await service((request, response) => {
      if (request.url === '/ok') response.end('secure');
      else response.writeHead(301, { Location: `http://127.0.0.1:${String(plain.port)}/` }).end();
    }, authority.issue());
    const grant = await grantFor(
      core,
      server,
      { token: TOKEN },
      {
        hosts: [`127.0.0.1:${String(server.port)}`, `127.0.0.1:${String(plain.port)}`],
      },
    );
    expect(bodyText(await send(grant.id, { url: `${server.url}/ok` }))).toBe('secure');
    const error = await failureOf(send(grant.id, { url: server.url }));
    expect(error).toMatchObject({ code: 'REDIRECT_REFUSED' });
    expect(plain.requests).toEqual([]);
  });

  it('gets nothing if its certificate is of an unknown authority or of another name', async () => {
    const authority = createAuthority();
    const runtime = new FakeRuntime(runningTime());
    runtime.env['NODE_EXTRA_CA_CERTS'] = authorityFile(authority.cert);
    const { core, send } = await startRequests({ runtime });
    const unknown = createAuthority().issue();
    const wrong = authority.issue({ names: ['other.example'] });
    for (const [certificate, code] of [
      [unknown, 'TLS_UNTRUSTED'],
      [wrong, 'TLS_WRONG_NAME'],
    ] as const) {
      const server = await service(answeredBy('got it'), certificate);
      const grant = await core.core.grants.create(core.workspaceId, {
        name: code,
        settings: settingsFor(`127.0.0.1:${String(server.port)}`),
        secrets: { token: { value: TOKEN } },
      });
      const error = await failureOf(send(grant.id, { url: server.url }));
      expect(error).toMatchObject({ code });
      expect(server.requests).toEqual([]);
    }
  });
});

describe('an address that a name leads to', () => {
  it.each([
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    'fd00:ec2::254',
    '100.100.100.200',
    '127.0.0.1',
    '::1',
    '0.0.0.0',
    '10.0.0.1',
    '192.168.1.1',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    'fd12::1',
  ])('is refused: %s', async (address) => {
    const { core, send } = await startRequests({ hosts: { 'api.example.com': [[address]] } });
    const grant = await grantFor(core, { url: 'api.example.com' }, { token: TOKEN });
    const error = await failureOf(send(grant.id, { url: 'https://api.example.com/' }));
    expect(error).toMatchObject({ code: 'ADDRESS_REFUSED', details: { rule: 'address' } });
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      { decision: 'refused', rule: 'address' },
    ]);
  });

  it('is refused if one among several is', async () => {
    const { core, send } = await startRequests({
      hosts: { 'api.example.com': [['192.88.99.1', '169.254.169.254']] },
    });
    const grant = await grantFor(core, { url: 'api.example.com' }, { token: TOKEN });
    const error = await failureOf(send(grant.id, { url: 'https://api.example.com/' }));
    expect(error).toMatchObject({ code: 'ADDRESS_REFUSED' });
  });

  it('of a metadata service is refused even if the grant names it', async () => {
    const { core, send } = await startRequests();
    for (const url of ['http://169.254.169.254', 'http://[::ffff:169.254.169.254]']) {
      const grant = await core.core.grants.create(core.workspaceId, {
        name: url,
        settings: { ...settingsFor(url), networks: ['0.0.0.0/0', '::/0', '169.254.169.254'] },
        secrets: { token: { value: TOKEN } },
      });
      const error = await failureOf(send(grant.id, { url }));
      expect(error).toMatchObject({ code: 'ADDRESS_REFUSED' });
    }
  });

  it('is the one that is dialled: a name that changes between check and dial leads nowhere else', async () => {
    // The service listens only on the first address; the second lookup would lead elsewhere.
    const server = await service((request, response) => {
      response.end(request.headers.host);
    });
    const host = 'rebinding.example';
    const { core, send } = await startRequests({
      hosts: { [host]: [['127.0.0.1'], ['192.0.2.1']] },
    });
    const url = `http://${host}:${String(server.port)}`;
    const grant = await grantFor(core, { url }, { token: TOKEN }, { networks: ['127.0.0.0/8'] });
    expect(bodyText(await send(grant.id, { url }))).toBe(`${host}:${String(server.port)}`);
    // The kept connection is to an address that the name no longer has, and is not used.
    const error = await failureOf(send(grant.id, { url, timeout: 300 }));
    expect(error).toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect(server.requests).toHaveLength(1);
  });

  it('that one grant may reach is not reached by another over a kept connection', async () => {
    const server = await service(answeredBy('ok'));
    const host = 'inside.example';
    const { core, send } = await startRequests({ hosts: { [host]: [['127.0.0.1']] } });
    const url = `http://${host}:${String(server.port)}`;
    const inside = await grantFor(core, { url }, { token: TOKEN }, { networks: ['127.0.0.0/8'] });
    const outside = await core.core.grants.create(core.workspaceId, {
      name: 'outside',
      settings: settingsFor(url),
      secrets: { token: { value: TOKEN } },
    });
    await send(inside.id, { url });
    const error = await failureOf(send(outside.id, { url }));
    expect(error).toMatchObject({ code: 'ADDRESS_REFUSED' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a header of the caller', () => {
  it.each([
    ['the credential', 'Authorization', 'Bearer mine'],
    ['the credential in small letters', 'authorization', 'Bearer mine'],
    ['Host', 'Host', 'evil.example'],
    ['a length', 'Content-Length', '5'],
    ['a coding', 'Transfer-Encoding', 'chunked'],
    ['a connection', 'Connection', 'Authorization'],
    ['an upgrade', 'Upgrade', 'h2c'],
    ['an encoding of the answer', 'Accept-Encoding', 'zstd'],
    ['a method', 'X-HTTP-Method-Override', 'DELETE'],
    ['a method, with other marks', 'X_HTTP_Method_Override', 'DELETE'],
    ['a path', 'X-Original-URL', '/admin'],
    ['a line break in its value', 'X-A', 'b\r\nX-Injected: c'],
    ['a lone line feed', 'X-A', 'b\nX-Injected: c'],
    ['a NUL', 'X-A', 'b\0c'],
    ['a character beyond Latin-1', 'X-A', 'b\u{10A}c'],
    ['a line break in its name', 'X-A\r\nX-B', 'c'],
    ['a colon in its name', 'Host:evil', 'c'],
    ['a space in its name', 'Transfer-Encoding ', 'chunked'],
    ['no name', '', 'c'],
  ])('is refused, and nothing is sent: %s', async (_, name, value) => {
    const { core, send } = await startRequests();
    const server = await service(answeredBy('ok'));
    const grant = await grantFor(core, server, { token: TOKEN });
    const error = await failureOf(send(grant.id, { url: server.url, headers: [[name, value]] }));
    expect(error).toMatchObject({ code: 'HEADER_REFUSED', details: { rule: 'header' } });
    expect(server.requests).toEqual([]);
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      { decision: 'refused', rule: 'header' },
    ]);
  });

  it('cannot take the place of a header or parameter that the grant adds', async () => {
    const { core, send } = await startRequests();
    const server = await service(answeredBy('ok'));
    const grant = await grantFor(
      core,
      server,
      { token: TOKEN },
      {
        type: 'api-key',
        header: 'DD-API-KEY',
        rules: [{ place: 'query', name: 'key', format: '{token}' }],
      },
    );
    for (const request of [
      { url: server.url, headers: [['dd_api_key', 'x']] as const },
      { url: `${server.url}/?key=mine` },
      { url: `${server.url}/?KEY=mine` },
      { url: `${server.url}/?%6bey=mine` },
    ]) {
      expect(await failureOf(send(grant.id, request))).toBeDefined();
    }
    expect(server.requests).toEqual([]);
  });
});

describe('a method', () => {
  it.each(['TRACE', 'CONNECT', 'TRACK', 'get', 'GET /evil HTTP/1.1\r\nX: y', ''])(
    'is refused, and nothing is sent: %j',
    async (method) => {
      const { core, send } = await startRequests();
      const server = await service(answeredBy('ok'));
      const grant = await grantFor(core, server, { token: TOKEN });
      expect(await failureOf(send(grant.id, { url: server.url, method }))).toMatchObject({
        code: 'INVALID_INPUT',
      });
      expect(server.requests).toEqual([]);
    },
  );
});

describe('a program', () => {
  it('gets a secret by no call of either contract, and none by an error', async () => {
    const { core } = await startRequests();
    const server = await service(answeredBy('ok'));
    const grant = await grantFor(core, server, { token: TOKEN });
    const caller = { kind: 'sdk', claimed: true } as const;
    const agent = createRouterClient(createAgentRouter(core.core), { context: { caller } });
    const selector = { grant: grant.id };
    const answers = await Promise.allSettled([
      agent.grants.list({}),
      agent.grants.find(selector),
      agent.grants.update({ ...selector, settings: {}, secrets: {} }),
      agent.grants.clone({ ...selector, name: 'clone', policy: grant.policy }),
      agent.grants.rotate({ ...selector, secrets: { token: { value: `${TOKEN}\n` } } }),
      agent.grants.rotate({ ...selector, secrets: { [TOKEN]: { value: 'x' } } }),
      agent.grants.setDisabled({ ...selector, disabled: false }),
      agent.audit.list({ limit: 100 }),
      agent.audit.verify({}),
      agent.status(),
    ]);
    // What a program has sent itself is no secret to it.
    answers.splice(5, 1);
    expect(answers.map(({ status }) => status).join(' ')).toBe(
      'fulfilled fulfilled fulfilled fulfilled rejected fulfilled fulfilled fulfilled fulfilled',
    );
    expectNothingOf(
      TOKEN,
      answers.map((each) =>
        each.status === 'fulfilled' ? each.value : [String(each.reason), each.reason],
      ),
    );
    const window = createRouterClient(createWindowRouter(core.core), {
      context: { caller: { kind: 'window' } },
    });
    const shown = await window.activity.list({ workspaceId: core.workspaceId, limit: 100 });
    expectNothingOf(TOKEN, shown);
  });

  it('learns from the time of a refusal only which rule refused: nothing is read or sent before', async () => {
    const { core, send } = await startRequests();
    const server = await service(answeredBy('ok'));
    const grant = await grantFor(
      core,
      server,
      { token: TOKEN },
      {
        policy: { ...settingsFor('').policy, methods: ['POST'] },
      },
    );
    await core.restart();
    // Nobody can open the secret now, which only a request that is allowed needs.
    core.keychain.problem = 'The keychain is broken.';
    expect(await failureOf(send(grant.id, { url: server.url }))).toMatchObject({
      code: 'POLICY_REFUSED',
    });
    expect(await failureOf(send(grant.id, { method: 'POST', url: server.url }))).toMatchObject({
      code: 'KEYCHAIN_FAILED',
    });
    expect(server.requests).toEqual([]);
  });

  it('leaves no header, query or body in the audit and in the activity', async () => {
    const { core, sendAs } = await startRequests();
    const server = await service(answeredBy('answer-body-77'));
    const grant = await grantFor(core, server, { token: TOKEN });
    await sendAs({ kind: 'cli' }, 'to test')(grant.id, {
      method: 'POST',
      url: `${server.url}/path?query-88=1`,
      headers: [['X-Private', 'header-99']],
      body: Buffer.from('body-66'),
    });
    const kept = JSON.stringify([
      core.core.audit.list({ limit: 100 }),
      core.core.activity.list({ workspaceId: core.workspaceId, limit: 100 }),
    ]);
    expect(kept).not.toMatch(/query-88|header-99|body-66|answer-body-77/);
    expectNothingOf(TOKEN, kept);
    expect(kept).toContain('to test');
  });

  it('cannot send a body over the limit', async () => {
    const { core, send } = await startRequests();
    const server = await service((request, response) => {
      request.resume().on('end', () => response.end('ok'));
    });
    const grant = await grantFor(core, server, { token: TOKEN });
    const body = Buffer.alloc(100 * 1024 * 1024 + 1);
    const error = await failureOf(send(grant.id, { method: 'POST', url: server.url, body }));
    expect(error).toMatchObject({ code: 'REQUEST_TOO_LARGE', details: { rule: 'body' } });
    expect(server.requests).toEqual([]);
  });
});

describe('somebody with the database', () => {
  it('does not get the secret to another host by changing the hosts of a grant', async () => {
    const { core, send } = await startRequests();
    const evil = await service(answeredBy('got it'));
    const grant = await grantFor(core, { url: 'api.example.com' }, { token: TOKEN });
    await core.close();
    const database = new Database(join(core.dataDirectory, 'strongroom.db'));
    database.run('UPDATE grants SET hosts_json = ?', JSON.stringify([evil.url]));
    expectNothingOf(TOKEN, database.all('SELECT * FROM grants'));
    // Anybody can write checksums: they tell damage, and no purpose.
    writeAllChecksums(database, 'main');
    database.close();
    await core.start();
    const error = await failureOf(send(grant.id, { url: evil.url }));
    expect(error).toMatchObject({ code: 'GRANT_CHANGED' });
    expect(evil.requests).toEqual([]);
  });

  it.each([
    ['the policy', `settings_json = json_remove(settings_json, '$.policy.methods')`],
    ['what it refers to', `references_json = '[{"name":"token","environment":"e","key":"K"}]'`],
    ['its name', `name = 'another'`],
    ['that it is disabled', 'disabled = 0'],
  ])('cannot change %s of a grant, nor have the change saved', async (_, change) => {
    const { core, send } = await startRequests();
    const server = await service(answeredBy('got it'));
    const { id } = await grantFor(core, server, { token: TOKEN });
    const policy = { ...defaultPolicy, methods: ['POST'] };
    await core.core.grants.update(id, { settings: { policy } });
    if (change.startsWith('disabled')) await core.core.grants.setDisabled(id, true);
    await core.close();
    const database = new Database(join(core.dataDirectory, 'strongroom.db'));
    database.run(`UPDATE grants SET ${change}`);
    writeAllChecksums(database, 'main');
    database.close();
    await core.start();
    const method = change.startsWith('settings') ? 'GET' : 'POST';
    expect(await failureOf(send(id, { method, url: server.url }))).toMatchObject({
      code: 'GRANT_CHANGED',
    });
    expect(await failureOf(core.core.grants.update(id, { name: 'renamed' }))).toMatchObject({
      code: 'GRANT_CHANGED',
    });
    expect(await failureOf(core.core.grants.setDisabled(id, false))).toMatchObject({
      code: 'GRANT_CHANGED',
    });
    expect(server.requests).toEqual([]);
  });

  it('cannot remove the seal of a grant', async () => {
    const { core, send } = await startRequests();
    const server = await service(answeredBy('got it'));
    const { id } = await grantFor(core, server, { token: TOKEN });
    await core.close();
    const database = new Database(join(core.dataDirectory, 'strongroom.db'));
    database.run('DELETE FROM grant_seals');
    database.close();
    await core.start();
    expect(await failureOf(send(id, { url: server.url }))).toMatchObject({ code: 'GRANT_CHANGED' });
    expect(server.requests).toEqual([]);
  });
});

describe('a proxy on the way', () => {
  it('gets the checked address, and looks up no name', async () => {
    const targets: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      targets.push(request.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    proxy.on('request', (request, response) => {
      targets.push(request.url ?? '');
      response.writeHead(502).end();
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    onTestFinished(() => {
      proxy.close();
      proxy.closeAllConnections();
    });
    const { port } = proxy.address() as AddressInfo;
    const runtime = new FakeRuntime(runningTime());
    runtime.env['HTTPS_PROXY'] = `http://127.0.0.1:${String(port)}`;
    runtime.env['HTTP_PROXY'] = `http://127.0.0.1:${String(port)}`;
    const { core, send } = await startRequests({
      runtime,
      hosts: { 'api.example.com': [['93.184.216.34']] },
    });
    const grant = await grantFor(
      core,
      { url: 'api.example.com' },
      { token: TOKEN },
      {
        hosts: ['api.example.com', 'http://api.example.com'],
      },
    );
    await failureOf(send(grant.id, { url: 'https://api.example.com/x' }));
    await send(grant.id, { url: 'http://api.example.com/x' });
    expect(targets).toEqual(['93.184.216.34:443', 'http://93.184.216.34:80/x']);
  });
});

function authorityFile(cert: string): string {
  const file = join(temporaryDirectory(), 'ca.pem');
  writeFileSync(file, cert);
  return file;
}
