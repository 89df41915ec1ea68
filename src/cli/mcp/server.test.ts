/** The tools, with a client of the official SDK and a real core. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import {
  LoggingMessageNotificationSchema,
  type CallToolResult,
} from '@modelcontextprotocol/sdk/types.js';
import { createRouterClient } from '@orpc/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AgentClient } from '@shared/contract/agent';
import { withAppErrors } from '@server/agent/connect';
import { createAgentRouter } from '@server/agent/router';
import { defaultPolicy } from '@shared/model/policy';
import { deferred } from '@test/support/deferred';
import { FakeRuntime } from '@test/support/fake-runtime';
import {
  answeredBy,
  grantFor,
  openWindow,
  service,
  startRequests,
  type RequestsOptions,
} from '@test/support/requests';
import { createMcpServer } from './server';

const TOKEN = 'sk-live-4242424242';

async function started(options: RequestsOptions = {}) {
  const { core } = await startRequests(options);
  const runtime = new FakeRuntime();
  const agent: AgentClient = createRouterClient(createAgentRouter(core.core), {
    context: ({ reason }: { readonly reason?: string | undefined }) => ({
      caller: { kind: 'mcp' as const, process: { pid: 7, name: 'coder' }, claimed: true as const },
      reason,
    }),
    interceptors: [({ next, signal }) => withAppErrors(next, signal)],
  });
  const server = createMcpServer({
    version: '1.2.3',
    runtime,
    withCore: (work) => work({ client: agent }),
    workspace: () => ({}),
    commandFor: () => undefined,
  });
  const client = new Client({ name: 'coder', version: '1' });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(far), client.connect(near)]);
  onTestFinished(() => client.close());
  const call = (name: string, given: Record<string, unknown> = {}) =>
    client.callTool({ name, arguments: given }) as Promise<CallToolResult>;
  return { core, client, call, runtime };
}

const textOf = ({ content }: CallToolResult): string =>
  content.map((part) => (part.type === 'text' ? part.text : '')).join('\n');

const open = {
  policy: { ...defaultPolicy, callers: { ...defaultPolicy.callers, mcp: 'allow' } },
} as const;

const request = (url: string, more: Record<string, unknown> = {}) => ({
  grant: 'service',
  method: 'get',
  url,
  reason: 'to test',
  ...more,
});

describe('the tools', () => {
  it('list environments and grants, and describe one of each, without values', async () => {
    const { core, call } = await started();
    await core.create('production', { API_KEY: 'value-1234', URL: 'https://x' });
    await grantFor(core, { url: 'https://api.example.com' }, { token: TOKEN });
    const list = await call('list_environments');
    expect(list.structuredContent).toEqual({
      environments: [
        { name: 'production', workspace: 'Personal', active: expect.any(Boolean) as boolean },
      ],
    });
    // Clients that know no structured content read the text.
    expect(JSON.parse(textOf(list))).toEqual(list.structuredContent);
    expect(
      (await call('describe_environment', { environment: 'production' })).structuredContent,
    ).toMatchObject({ name: 'production', variables: ['API_KEY', 'URL'] });
    expect((await call('list_grants')).structuredContent).toEqual({
      grants: [
        {
          id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
          name: 'service',
          workspace: 'Personal',
          state: 'active',
          hosts: ['api.example.com'],
          policy:
            'The window, the command line and the library may use it, MCP clients after a person allows it, and other machines not at all.',
        },
      ],
    });
    expect((await call('describe_grant', { grant: 'service' })).structuredContent).toMatchObject({
      type: 'bearer',
      adds: ['the header Authorization'],
    });
  });

  it('make a request, with the reason and the client in the audit', async () => {
    const { core, call } = await started();
    const echo = await service((incoming, response) => {
      incoming.on('end', () => {
        response.setHeader('X-Seen', incoming.headers.authorization ?? '');
        response.writeHead(201).end(`you sent ${incoming.headers.authorization ?? ''}`);
      });
    });
    await grantFor(core, echo, { token: TOKEN }, open);
    const answer = await call(
      'make_request',
      request(`${echo.url}/v1?a=b`, {
        method: 'post',
        headers: { 'Content-Type': 'text/plain' },
        body: 'héllo',
      }),
    );
    expect(answer.structuredContent).toMatchObject({
      status: 201,
      url: `${echo.url}/v1?a=b`,
      body: 'you sent Bearer [token]',
      truncated: false,
      credentialHidden: 1,
    });
    expect(echo.requests).toMatchObject([
      {
        method: 'POST',
        body: 'héllo',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'text/plain' },
      },
    ]);
    expect(core.core.audit.list({ limit: 1 })).toMatchObject([
      { caller: { kind: 'mcp', process: { name: 'coder' } }, reason: 'to test', status: 201 },
    ]);
  });

  it('send and return bodies that are not text, and large ones in parts', async () => {
    const { core, call } = await started();
    const bytes = Buffer.alloc(700_000, 0xff);
    const mirror = await service((incoming, response) => incoming.pipe(response));
    await grantFor(core, mirror, { token: TOKEN }, open);
    const given = { method: 'PUT', base64: bytes.toString('base64') };
    const whole = await call(
      'make_request',
      request(mirror.url, { ...given, max_body_bytes: 1_000_000 }),
    );
    expect(whole.structuredContent).toMatchObject({ base64: given.base64, truncated: false });
  });

  it('end an answer that is too long at a whole character', async () => {
    const { core, call } = await started();
    const long = await service(answeredBy('ä'.repeat(100)));
    await grantFor(core, long, { token: TOKEN }, open);
    const answer = await call('make_request', request(long.url, { max_body_bytes: 7 }));
    expect(answer.structuredContent).toMatchObject({ body: 'äää', truncated: true });
  });
});

describe('a person', () => {
  /** A core with a window, where a person answers when the test says so. */
  async function asking() {
    const all = await started();
    const host = await service(answeredBy('done'));
    await grantFor(all.core, host, { token: TOKEN });
    return { ...all, host, window: await openWindow(all.core) };
  }

  it('is asked by default, and the client is told again and again', async () => {
    const { client, host, window, runtime } = await asking();
    const told: string[] = [];
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
      told.push(`log: ${(params.data as { message: string }).message}`);
    });
    const twice = deferred();
    const answered = client.callTool(
      { name: 'make_request', arguments: request(host.url) },
      undefined,
      {
        onprogress: ({ progress, message }) => {
          told.push(`${String(progress)}: ${message ?? ''}`);
          if (progress === 1) void runtime.advance(10_000);
          else twice.resolve();
        },
      },
    );
    expect(await window.showing(1)).toMatchObject([
      {
        grant: { name: 'service' },
        caller: { kind: 'mcp', name: 'coder' },
        reason: 'to test',
      },
    ]);
    await twice.promise;
    await window.answer('once');
    expect(((await answered) as CallToolResult).structuredContent).toMatchObject({ body: 'done' });
    const waiting = 'Waiting until a person allows this request in the window of Strongroom.';
    expect(told).toEqual([`log: ${waiting}`, `1: ${waiting}`, `2: ${waiting}`]);
  });

  it('can say no, and the model learns that', async () => {
    const { call, host, window } = await asking();
    const calling = call('make_request', request(host.url));
    await window.showing(1);
    await window.answer('deny');
    const refused = await calling;
    expect(refused.isError).toBe(true);
    expect(textOf(refused)).toBe(
      [
        'APPROVAL_REFUSED: The person at the window of Strongroom denied this request.',
        'The rule “ask” refused it.',
        'Ask the person what the request should be.',
      ].join('\n'),
    );
    expect(host.requests).toEqual([]);
  });

  it('is not asked any more when the client cancels', async () => {
    const { client, host, window } = await asking();
    const ended = new AbortController();
    const call = client.callTool(
      { name: 'make_request', arguments: request(host.url) },
      undefined,
      {
        signal: ended.signal,
      },
    );
    await window.showing(1);
    ended.abort();
    await expect(call).rejects.toThrow('aborted');
    await window.showing(0);
    expect(host.requests).toEqual([]);
  });
});

describe('a failure says what to do', () => {
  it('for a grant that does not exist, with its near name', async () => {
    const { core, call } = await started();
    await grantFor(core, { url: 'https://api.example.com' }, { token: TOKEN }, open);
    const failed = await call(
      'make_request',
      request('https://api.example.com', { grant: 'servce' }),
    );
    expect(failed.isError).toBe(true);
    expect(textOf(failed)).toContain('NO_SUCH_GRANT: There is no grant “servce”');
    expect(textOf(failed)).toContain('Did you mean “service”?');
  });

  it('for another host, with the rule', async () => {
    const { core, call } = await started();
    await grantFor(core, { url: 'https://api.example.com' }, { token: TOKEN }, open);
    const failed = await call('make_request', request('https://evil.example'));
    expect(textOf(failed)).toContain('HOST_NOT_GRANTED');
    expect(textOf(failed)).toContain('The rule “host” refused it.');
  });

  it.each([
    ['a tool that does not exist', 'get_secret', {}, 'Tool get_secret not found'],
    ['an argument that is missing', 'describe_grant', {}, 'grant'],
    ['an argument that is misspelt', 'describe_grant', { grant: 'x', nme: 1 }, 'nme'],
    [
      'a request without a reason',
      'make_request',
      { ...request('https://x.example'), reason: ' ' },
      'reason',
    ],
    [
      'two bodies',
      'make_request',
      request('https://x.example', { body: 'a', base64: 'YQ==' }),
      'Both “body” and “base64”',
    ],
  ])('for %s', async (_, name, given, text) => {
    const { call } = await started();
    const failed = await call(name, given);
    expect(failed.isError).toBe(true);
    expect(textOf(failed)).toContain(text);
  });

  it('while Strongroom is locked', async () => {
    const { core, call } = await started();
    await core.client.security.choose({
      choice: { mode: 'passphrase', passphrase: 'correct horse battery' },
    });
    core.core.security.lock();
    const failed = await call('list_grants');
    expect(failed.isError).toBe(true);
    expect(textOf(failed)).toContain('LOCKED: ');
  });
});
