import { grantTemplates } from '@shared/model/grant-templates';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestCommand } from '@test/support/command';
import { answeredBy, service } from '@test/support/requests';

const TOKEN = 'sk-live-4242424242';

interface Shown {
  readonly id: string;
  readonly [name: string]: unknown;
}

const json = async (command: TestCommand, args: readonly string[], stdin = ''): Promise<Shown> =>
  (await command.json(args, { stdin })) as Shown;

const create = (command: TestCommand, ...more: readonly string[]): Promise<Shown> =>
  json(command, ['grant', 'create', '--name', 'stripe', '--value', '-', ...more], `${TOKEN}\n`);

describe('strongroom grant', () => {
  it('creates, lists, shows, changes, clones, disables and deletes, and never shows a secret', async () => {
    const command = new TestCommand();
    const made = await create(command, '--host', 'API.Stripe.com', '--host', 'files.stripe.com/v1');
    expect(made).toMatchObject({
      id: expect.stringMatching(/^[\da-f-]{36}$/),
      name: 'stripe',
      type: 'bearer',
      state: 'active',
      hosts: ['api.stripe.com', 'files.stripe.com/v1'],
      secrets: [{ name: 'token' }],
      policy: {
        callers: { window: 'allow', cli: 'allow', sdk: 'allow', mcp: 'ask', serve: 'deny' },
      },
    });
    expect(await command.json(['grant', 'list'])).toMatchObject([{ id: made.id }]);
    const shown = await command.ok(['grant', 'show', 'stripe']);
    expect(shown).toContain('token (stored)');
    expect(shown).toContain(
      'The window, the command line and the library may use it, MCP clients after a person allows it',
    );
    const updated = await json(command, [
      'grant',
      'update',
      made.id,
      '--rename',
      'payments',
      '--method',
      'get,post',
      '--path',
      '/v1',
      '--hours',
      'mon-fri 09:00-17:00 Europe/Berlin',
      '--rate',
      '100/1m',
      '--expires',
      '2027-01-01T00:00Z',
      '--caller',
      'mcp=deny',
      '--host',
      'api.stripe.com',
    ]);
    expect(updated).toMatchObject({
      id: made.id,
      name: 'payments',
      hosts: ['api.stripe.com'],
      policy: {
        callers: { cli: 'allow', mcp: 'deny' },
        methods: ['GET', 'POST'],
        paths: ['/v1'],
        rate: { requests: 100, seconds: 60 },
        expiresAt: '2027-01-01T00:00:00.000Z',
      },
    });
    const cleared = await json(command, [
      'grant',
      'update',
      'payments',
      '--clear',
      'methods,hours',
    ]);
    expect(cleared['policy']).not.toHaveProperty('methods');
    expect(cleared['policy']).toHaveProperty('paths');
    const clone = await json(command, [
      'grant',
      'clone',
      'payments',
      '--name',
      'for the agent',
      '--ttl',
      '1h',
      '--method',
      'GET',
    ]);
    expect(clone).toMatchObject({ original: { id: made.id, name: 'payments' }, state: 'active' });
    await command.ok(['grant', 'disable', 'payments']);
    expect(await json(command, ['grant', 'show', clone.id])).toMatchObject({ state: 'disabled' });
    await command.ok(['grant', 'enable', 'payments']);
    await command.ok(['grant', 'rotate', 'payments', '--value', '-'], { stdin: 'sk-other-12345' });
    await command.ok(['grant', 'delete', 'payments', '--yes']);
    expect(await json(command, ['grant', 'show', clone.id])).toMatchObject({ state: 'ended' });
    const audit = await command.ok(['audit', '--format', 'jsonl']);
    expect(
      audit
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { event: string }).event),
    ).toEqual([
      'grant-created',
      'grant-updated',
      'grant-updated',
      'grant-cloned',
      'grant-disabled',
      'grant-enabled',
      'grant-rotated',
      'grant-deleted',
    ]);
    for (const secret of [TOKEN, 'sk-other-12345']) {
      expect(audit + JSON.stringify([made, updated, clone]) + shown).not.toContain(secret);
      for (const file of readdirSync(command.dataDirectory)) {
        expect(readFileSync(join(command.dataDirectory, file)).includes(secret)).toBe(false);
      }
    }
  });

  it('asks for each secret, masked', async () => {
    const command = new TestCommand();
    const asked = await command.run(['grant', 'create', '--name', 'dd', '--template', 'datadog'], {
      answers: [
        ['The secret token', 'key-1234567\r'],
        ['The secret applicationKey', 'app-1234567\r'],
      ],
    });
    expect(asked.code).toBe(0);
    expect(asked.err).not.toMatch(/key-1234567|app-1234567/);
    expect(await json(command, ['grant', 'show', 'dd'])).toMatchObject({
      template: 'datadog',
      header: 'DD-API-KEY',
      rules: [{ name: 'DD-APPLICATION-KEY', format: '{applicationKey}' }],
      secrets: [{ name: 'token' }, { name: 'applicationKey' }],
    });
  });

  it('takes a reference to a variable, and the parameters of a template', async () => {
    const command = new TestCommand();
    await command.ok(['env', 'create', 'production']);
    const made = await json(command, [
      'grant',
      'create',
      '--name',
      'shop',
      '--template',
      'shopify',
      '--param',
      'shop=acme',
      '--value',
      '@production/SHOPIFY',
    ]);
    expect(made).toMatchObject({
      hosts: ['acme.myshopify.com'],
      secrets: [{ name: 'token', reference: { environment: 'production', key: 'SHOPIFY' } }],
    });
  });

  it('finds templates', async () => {
    const command = new TestCommand();
    expect(await command.ok(['grant', 'templates', 'shop'])).toContain('{shop}.myshopify.com');
    expect(await command.json(['grant', 'templates'])).toHaveLength(grantTemplates.length);
  });

  it.each([
    [['--value', '-'], 'A grant needs a host'],
    [['--value', '-', '--host', 'api.*.com'], 'A value of --host is not valid.'],
    [['--value', '-', '--host', '*.com'], 'A value of --host is not valid.'],
    [['--value', '-', '--host', '*'], 'A value of --host is not valid.'],
    [['--value', '-', '--host', 'a.com', '--template', 'strip'], 'Did you mean stripe?'],
    [['--value', '-', '--template', 'okta'], 'Add --param org=…'],
    [['--value', '-', '--host', 'a.com', '--hours', 'always'], '--hours does not take “always”'],
    [['--value', '-', '--host', 'a.com', '--rate', 'often'], '--rate does not take “often”'],
    [['--value', '-', '--host', 'a.com', '--caller', 'cli=maybe'], 'Write KIND=VERDICT'],
    [['--value', '-', '--host', 'a.com', '--secret', 'other=-'], 'Only one secret can come from'],
    [['--secret', 'other=-', '--host', 'a.com'], 'The grant has no secret other.'],
    [['--host', 'a.com'], 'The secret token cannot be asked for'],
    [['--value', '@gone/X', '--host', 'a.com'], 'There is no environment “gone”'],
  ])('refuses %j and stores nothing', async (args, message) => {
    const command = new TestCommand();
    const { code, err } = await command.run(['grant', 'create', '--name', 'x', ...args], {
      stdin: TOKEN,
    });
    expect(code).toBeGreaterThan(2);
    expect(err).toContain(message);
    expect(err).not.toContain(TOKEN);
    expect(await command.json(['grant', 'list'])).toEqual([]);
  });

  it('refuses a secret that could not be hidden, and a name that is taken', async () => {
    const command = new TestCommand();
    const args = ['grant', 'create', '--name', 'stripe', '--host', 'a.com', '--value', '-'];
    expect((await command.run(args, { stdin: 'abc' })).err).toContain('too short or too common');
    expect((await command.run(args, { stdin: 'line\nbreak' })).err).toContain('a line break');
    await command.ok(args, { stdin: TOKEN });
    expect((await command.run(args, { stdin: TOKEN })).err).toContain(
      'There is already a grant “stripe”',
    );
  });
});

describe('strongroom request', () => {
  it('prints the body of the answer, and nothing else, on standard output', async () => {
    const command = new TestCommand();
    const server = await service((request, response) => {
      response.writeHead(200, { 'X-Kind': 'order' });
      response.end(`${request.method ?? ''} ${request.headers['accept'] ?? ''}\n`);
    });
    const { id } = await create(command, '--host', server.url);
    expect(await command.run(['request', id, 'get', server.url, '-H', 'Accept: text/csv'])).toEqual(
      { code: 0, out: 'GET text/csv\n', err: '' },
    );
    const whole = await command.ok(['request', 'stripe', 'GET', server.url, '-i']);
    expect(whole).toMatch(/^HTTP 200\nX-Kind: order\n/);
    await command.ok(['request', id, 'GET', server.url, '-o', 'answer.txt']);
    expect(readFileSync(join(command.cwd, 'answer.txt'), 'utf8')).toBe('GET \n');
    expect(await command.json(['request', id, 'GET', server.url])).toMatchObject({
      status: 200,
      body: 'GET \n',
      headers: expect.arrayContaining([['X-Kind', 'order']]),
    });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`);
  });

  it('sends text, JSON and files, also larger ones than fit into one message', async () => {
    const command = new TestCommand();
    const server = await service((request, response) => {
      request.on('end', () => response.end('done'));
    });
    const { id } = await create(command, '--host', server.url);
    const large = 'x'.repeat(2_000_000);
    writeFileSync(join(command.cwd, 'large.txt'), large);
    writeFileSync(join(command.cwd, 'lines.txt'), 'a\nb\n');
    const post = ['request', id, 'POST', server.url];
    await command.ok([...post, '-d', 'a=1', '-d', 'b=2']);
    await command.ok([...post, '-d', '@lines.txt']);
    await command.ok([...post, '--json-data', '{"a":1}']);
    await command.ok([...post, '--data-binary', '@large.txt', '-H', 'Content-Type: text/plain']);
    await command.ok([...post, '--data-binary', '@-'], { stdin: 'from stdin' });
    expect(
      server.requests.map(({ headers, body }) => [
        headers['content-type'],
        body.length > 100 ? body.length : body,
      ]),
    ).toEqual([
      ['application/x-www-form-urlencoded', 'a=1&b=2'],
      ['application/x-www-form-urlencoded', 'ab'],
      ['application/json', '{"a":1}'],
      ['text/plain', large.length],
      ['application/x-www-form-urlencoded', 'from stdin'],
    ]);
  });

  it('says what refused, with the reason in the audit', async () => {
    const command = new TestCommand();
    const server = await service(answeredBy('ok'));
    const { id } = await create(command, '--host', server.url, '--method', 'GET');
    const refused = await command.run([
      '--reason',
      'to try it',
      'request',
      id,
      'DELETE',
      `${server.url}/x?token=1`,
    ]);
    expect(refused.code).toBe(14);
    expect(refused.err).toContain('The policy admits only GET.');
    expect(server.requests).toEqual([]);
    expect(await command.json(['audit', '--decision', 'refused'])).toMatchObject([
      {
        reason: 'to try it',
        method: 'DELETE',
        path: '/x',
        decision: 'refused',
        rule: 'methods',
        error: 'POLICY_REFUSED',
      },
    ]);
    const elsewhere = await command.run(['request', id, 'GET', 'https://example.org/', '--json']);
    expect(JSON.parse(elsewhere.err)).toMatchObject({
      error: { code: 'HOST_NOT_GRANTED', exitCode: 14, details: { rule: 'host' } },
    });
    expect((await command.run(['request', 'strip', 'GET', server.url])).err).toContain(
      'Did you mean “stripe”?',
    );
  });

  it('fails with --fail for a status that is an error', async () => {
    const command = new TestCommand();
    const server = await service(answeredBy('no', 401));
    const { id } = await create(command, '--host', server.url);
    expect(await command.run(['request', id, 'GET', server.url])).toMatchObject({
      code: 0,
      out: 'no',
      err: expect.stringContaining('did not accept the credential'),
    });
    expect((await command.run(['request', id, 'GET', server.url, '-f'])).code).toBe(10);
  });

  it('warns of an answer that contained the credential', async () => {
    const command = new TestCommand();
    const server = await service((request, response) => {
      response.end(request.headers.authorization);
    });
    const { id } = await create(command, '--host', server.url);
    const { out, err } = await command.run(['request', id, 'GET', server.url]);
    expect(out).toBe('Bearer [token]');
    expect(err).toContain('the answer contained the credential');
  });
});
