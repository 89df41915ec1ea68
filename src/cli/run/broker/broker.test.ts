/** `run --brokered` with programs that know nothing of Strongroom. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { inCall } from '@core/call';
import type { PendingApproval } from '@shared/model/approval';
import { defaultPolicy } from '@shared/model/policy';
import {
  brokeredScene,
  echo,
  hostOf,
  otherService,
  SECRET,
  secureServer,
  secureService,
  type BrokeredScene,
} from '@test/support/brokered';
import { withCommandProcesses } from '@test/support/command-process';
import { deferred } from '@test/support/deferred';
import { service, type Service } from '@test/support/requests';

withCommandProcesses();

const isWindows = process.platform === 'win32';

const works = (program: string, ...args: readonly string[]): boolean =>
  !isWindows && spawnSync(program, args).status === 0;

const sh = (script: string): string[] => ['--', 'sh', '-c', script];
const node = (script: string): string[] => [
  '--',
  process.execPath,
  '--input-type=module',
  '-e',
  script,
];

const PLACEHOLDER = /strongroom_API_KEY_[\da-f]{32}/;

/** A scene with one service that a grant is for. */
async function granted(
  answer: Parameters<typeof secureService>[0],
  settings: Parameters<BrokeredScene['grant']>[0]['settings'] = {},
): Promise<BrokeredScene & { readonly server: Service }> {
  const scene = await brokeredScene();
  const server = await secureService(answer);
  await scene.grant({ name: 'service', hosts: [hostOf(server)], settings });
  return { ...scene, server };
}

describe.skipIf(!works('curl', '--version'))('curl', () => {
  it('has a placeholder, and the service gets the value in header, query and body', async () => {
    const { run, server, audit } = await granted(echo);
    const { code, out, err } = await run(
      sh(
        `echo "$API_KEY"; curl -sS -H "Authorization: Bearer $API_KEY" "${server.url}/orders?k=$API_KEY" --data "{\\"k\\": \\"$API_KEY\\"}" -H 'Content-Type: application/json'`,
      ),
    );
    expect({ code, err }).toEqual({
      code: 0,
      err: 'The command gets a placeholder for API_KEY (grant “service”).\n',
    });
    expect(out).toMatch(PLACEHOLDER);
    expect(out).not.toContain(SECRET);
    const body = JSON.stringify({ k: SECRET }).replace(':', ': ');
    expect(server.requests).toMatchObject([
      {
        url: `/orders?k=${encodeURIComponent(SECRET)}`,
        headers: {
          authorization: `Bearer ${SECRET}`,
          'content-length': String(body.length),
          'accept-encoding': 'identity',
        },
        body,
      },
    ]);
    expect(out).toContain(String.raw`"body":"{\"k\": \"[token]\"}"`);
    expect((await audit()).at(-1)).toMatchObject({
      event: 'request',
      decision: 'allowed',
      detail: 'brokered',
      method: 'POST',
      host: hostOf(server),
      path: '/orders',
      caller: { kind: 'cli', process: { name: 'sh' } },
    });
  });

  it('sends the value in a form and in HTTP Basic, over one connection', async () => {
    const connections = new Set<unknown>();
    const { run, server } = await granted((request, response) => {
      connections.add(request.socket);
      echo(request, response);
    });
    const { code, out } = await run(
      sh(
        `curl -sSv -u "me:$API_KEY" "${server.url}/a" --next -sS --data-urlencode "k=$API_KEY" "${server.url}/b" 2>&1`,
      ),
    );
    expect(code).toBe(0);
    expect(out).toContain('Re-using existing connection');
    expect(out).toContain('ALPN: server accepted http/1.1');
    const [first, second] = server.requests;
    const basic = Buffer.from(`me:${SECRET}`).toString('base64');
    expect(first?.headers.authorization).toBe(`Basic ${basic}`);
    expect(out).not.toContain(basic);
    expect(second?.body).toBe(`k=${encodeURIComponent(SECRET)}`);
    expect(connections.size).toBe(1);
  });

  it('sends large bodies with the value, with a new length or in chunks', async () => {
    const { run, server, command } = await granted(echo);
    const filler = 'x'.repeat(700_000);
    const template = `${filler}|@|${filler}|@`;
    writeFileSync(join(command.folder, 'template'), template);
    const { code } = await run(
      sh(
        `sed "s/@/$API_KEY/g" template > body; for how in 'X: y' 'Transfer-Encoding: chunked'; do curl -sS -o /dev/null -H "$how" -H 'Content-Type: text/plain' --data-binary @body ${server.url}/ || exit 1; done`,
      ),
    );
    expect(code).toBe(0);
    const [whole, chunked] = server.requests;
    const body = template.replaceAll('@', SECRET);
    expect(whole?.body === body).toBe(true);
    expect(whole?.headers['content-length']).toBe(String(body.length));
    expect(chunked?.body === body).toBe(true);
    expect(chunked?.headers['transfer-encoding']).toBe('chunked');
  });

  it('sends a body of any size with its length, if the value is in a header', async () => {
    const size = 20 * 1024 * 1024;
    let received = 0;
    const { run, server } = await granted((request, response) => {
      request.on('data', (chunk: Buffer) => (received += chunk.byteLength));
      request.on('end', () => response.end(`length ${request.headers['content-length'] ?? ''}`));
    });
    const upload = (more: string): string[] =>
      sh(
        `(head -c ${String(size)} /dev/zero; ${more}) > body; curl -sS -H "X-Key: $API_KEY" -T body ${server.url}/`,
      );
    expect(await run(upload('true'))).toMatchObject({ code: 0, out: `length ${String(size)}` });
    expect(received).toBe(size);
    // A placeholder would change the length that the server knows by then.
    const { out } = await run(upload('printf %s "$API_KEY"'));
    expect(out).toMatch(/"code":"REQUEST_TOO_LARGE".*Send the body in chunks/);
  });

  it('gets answers as the service sends them: events at once, compressed, without a body', async () => {
    const later = deferred<void>();
    const { start, server } = await granted((request, response) => {
      if (request.url === '/events') {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(`data: one s\n\n`);
        // Its last byte could be the beginning of the secret.
        response.write('s');
        void later.promise.then(() => response.end('even\n'));
      } else if (request.url === '/gzip') {
        response.writeHead(200, { 'Content-Encoding': 'gzip', 'Set-Cookie': ['a=1', 'b=2'] });
        response.end(gzipSync(`zipped ${request.headers.authorization ?? ''}`));
      } else response.writeHead(204, { 'Content-Length': 0 }).end();
    });
    const curl = `curl -sS -H "Authorization: Bearer $API_KEY"`;
    const running = start(
      sh(
        `${curl} -N ${server.url}/events; ${curl} -i ${server.url}/gzip; ${curl} -I ${server.url}/none`,
      ),
    );
    await running.until('data: one s\n\ns');
    later.resolve();
    const { code, out } = await running.ended;
    expect(code).toBe(0);
    expect(out).toContain('\n\nseven\n');
    expect(out).toMatch(/Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n/i);
    expect(out).toContain('zipped Bearer [token]');
    expect(out).toContain('204 No Content');
  });

  it('follows a redirect itself, with a placeholder in its hand', async () => {
    const other = await otherService(echo);
    const { run, server } = await granted((_, response) => {
      response.writeHead(302, { Location: `${other.url}/there` }).end();
    });
    const { code } = await run(
      sh(`curl -sS -k -L -H "X-Key: $API_KEY" "${server.url}/?k=$API_KEY"`),
    );
    expect(code).toBe(0);
    expect(server.requests[0]?.headers['x-key']).toBe(SECRET);
    expect(other.requests[0]).toMatchObject({ url: '/there' });
    expect(other.requests[0]?.headers['x-key']).toMatch(PLACEHOLDER);
  });

  it('talks to other servers through a tunnel, without TLS, and through another proxy', async () => {
    const { run, server, env } = await granted(echo);
    const [secure, plain] = [await otherService(echo), await service(echo)];
    const tunnelled: (string | undefined)[] = [];
    const upstream = createServer();
    upstream.on('connect', (request, socket) => {
      tunnelled.push(request.url);
      socket.end('HTTP/1.1 403 No\r\n\r\n');
    });
    upstream.listen(0, '127.0.0.1');
    const plainUrl = plain.url.replace('127.0.0.1', 'localhost');
    const { code, out } = await run(
      sh(
        `curl -sS --cacert "$SERVICES" -H "X-Key: $API_KEY" ${secure.url}/; curl -sS --noproxy '' -H "X-Key: $API_KEY" --data hello ${plainUrl}/; curl -sS ${server.url}/`,
      ),
      { SERVICES: env['CURL_CA_BUNDLE'] ?? '' },
    );
    expect(code).toBe(0);
    expect(secure.requests[0]?.headers['x-key']).toMatch(PLACEHOLDER);
    expect(plain.requests[0]?.headers['x-key']).toMatch(PLACEHOLDER);
    expect(plain.requests[0]).toMatchObject({ method: 'POST', body: 'hello' });
    expect(plain.requests[0]?.headers).not.toHaveProperty('proxy-authorization');
    expect(out).not.toContain(SECRET);
    const { port } = upstream.address() as { port: number };
    const through = await run(sh('curl -sS https://example.test/; echo $?'), {
      HTTPS_PROXY: `http://127.0.0.1:${String(port)}`,
    });
    upstream.close();
    expect(tunnelled).toEqual(['example.test:443']);
    expect(through.out).toBe('56\n');
  });

  it('sends what has no placeholder without a permission, and searches the answer', async () => {
    const { run, server, audit } = await granted(
      (request, response) => {
        response.end(request.url === '/public' ? 'public' : SECRET);
      },
      { policy: { ...defaultPolicy, methods: ['DELETE'] } },
    );
    const { out } = await run(
      sh(
        `curl -sS ${server.url}/public; curl -sS ${server.url}/stored; curl -sS -H "X: $API_KEY" ${server.url}/`,
      ),
    );
    expect(out).toMatch(/^public\[token\]\{"error":\{"code":"POLICY_REFUSED"/);
    expect(server.requests.map(({ url }) => url)).toEqual(['/public', '/stored']);
    const requests = (await audit()).filter(({ event }) => event === 'request');
    expect(requests).toMatchObject([{ decision: 'refused', rule: 'methods', path: '/' }]);
  });
});

describe.skipIf(isWindows)('a program in Node', () => {
  it('talks over a websocket, whose beginning has the value', async () => {
    const headers: unknown[] = [];
    const scene = await brokeredScene();
    const server = await secureServer();
    const sockets = new WebSocketServer({ server: server.server });
    sockets.on('connection', (socket, request) => {
      headers.push(request.headers.authorization);
      socket.on('message', (data: Buffer) => {
        socket.send(`${data.toString()} ${request.headers.authorization ?? ''} s`);
      });
    });
    await scene.grant({ name: 'service', hosts: [hostOf(server)] });
    const script = `
      import { request } from 'node:http';
      import { connect } from 'node:tls';
      import { readFileSync } from 'node:fs';
      import { WebSocket } from ${JSON.stringify(import.meta.resolve('ws'))};
      const proxy = new URL(process.env.HTTPS_PROXY);
      const login = Buffer.from(proxy.username + ':' + proxy.password).toString('base64');
      const tunnel = request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT',
        path: ${JSON.stringify(hostOf(server))}, headers: { 'Proxy-Authorization': 'Basic ' + login } });
      tunnel.on('connect', (_, socket) => {
        const ca = readFileSync(process.env.SSL_CERT_FILE);
        const ws = new WebSocket(${JSON.stringify(server.url.replace('https', 'wss'))}, {
          createConnection: () => connect({ socket, ca, host: '127.0.0.1' }),
          headers: { Authorization: 'Bearer ' + process.env.API_KEY },
        });
        ws.on('open', () => ws.send('hello ' + process.env.API_KEY));
        ws.on('message', (data) => { console.log(String(data)); ws.close(); });
      });
      tunnel.end();`;
    const { code, out } = await scene.run(node(script));
    sockets.close();
    expect(code).toBe(0);
    expect(headers).toEqual([`Bearer ${SECRET}`]);
    // What is said afterwards is passed on, and as many bytes as the value had are hidden.
    expect(out).toMatch(
      new RegExp(`^hello ${PLACEHOLDER.source} Bearer \\*{${String(SECRET.length)}} s\n$`),
    );
  });

  it.skipIf(Number(process.versions.node.split('.')[0]) < 24)(
    'uses fetch and https unchanged, in Node 24 and later',
    async () => {
      const { run, server } = await granted(echo);
      const { code, out } = await run(
        node(`
          import https from 'node:https';
          const headers = { Authorization: 'Bearer ' + process.env.API_KEY };
          const one = await fetch(${JSON.stringify(server.url)}, { headers });
          console.log(one.status, (await one.json()).headers.authorization);
          https.get(${JSON.stringify(server.url)}, { headers }, (answer) => console.log(answer.resume().statusCode));`),
      );
      expect({ code, out }).toEqual({ code: 0, out: '200 Bearer [token]\n200\n' });
      expect(server.requests.map(({ headers }) => headers.authorization)).toEqual([
        `Bearer ${SECRET}`,
        `Bearer ${SECRET}`,
      ]);
    },
  );
});

describe.skipIf(!works('python3', '--version'))('a program in Python', () => {
  const urllib = (url: string): string => `
import os, urllib.request
request = urllib.request.Request('${url}/', headers={'Authorization': 'Bearer ' + os.environ['API_KEY']})
print(urllib.request.urlopen(request).status)`;
  const requests = (url: string): string => `
import os, requests
print(requests.post('${url}/', auth=('me', os.environ['API_KEY']), json={'k': os.environ['API_KEY']}).status_code)`;

  it('uses urllib unchanged', async () => {
    const { run, server } = await granted(echo);
    const result = await run(['--', 'python3', '-c', urllib(server.url)]);
    expect(result).toMatchObject({ code: 0, out: '200\n' });
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
  });

  it.skipIf(!works('python3', '-c', 'import requests'))('uses requests unchanged', async () => {
    const { run, server } = await granted(echo);
    const result = await run(['--', 'python3', '-c', requests(server.url)]);
    expect(result).toMatchObject({ code: 0, out: '200\n' });
    expect(server.requests[0]?.body).toBe(JSON.stringify({ k: SECRET }).replace(':', ': '));
  });
});

it.skipIf(!works('git', '--version'))('git reads a repository unchanged', async () => {
  const { run, server } = await granted((request, response) => {
    if (request.headers.authorization === undefined) {
      response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="git"' }).end();
    } else if (request.url?.includes('/info/refs') === true) {
      response.end(`${'1'.repeat(40)}\trefs/heads/main\n`);
    } else response.writeHead(404).end();
  });
  const helper = '!f() { echo username=me; echo "password=$API_KEY"; }; f';
  const { code, out, err } = await run([
    '--',
    'git',
    '-c',
    `credential.helper=${helper}`,
    'ls-remote',
    `${server.url}/acme/app.git`,
  ]);
  expect({ code, out, err }).toMatchObject({
    code: 0,
    err: expect.not.stringContaining('fatal') as string,
    out: `${'1'.repeat(40)}\trefs/heads/main\n`,
  });
  const basic = Buffer.from(`me:${SECRET}`).toString('base64');
  expect(server.requests.at(-1)?.headers.authorization).toBe(`Basic ${basic}`);
});

describe.skipIf(!works('curl', '--version'))('the data directory', () => {
  const curl = (url: string): string => `curl -sS -H "X-Key: $API_KEY" ${url}/`;

  it('is free for other commands before a request and soon after it', async () => {
    const { run, server, command } = await granted(echo);
    const nested = `${command
      .words('secret', 'list')
      .map((word) => `'${word}'`)
      .join(' ')} > listed || exit 9`;
    const { code } = await run(
      sh(`${nested}; ${curl(server.url)}; ${nested}; ${curl(server.url)}`),
    );
    expect(code).toBe(0);
    expect(server.requests).toHaveLength(2);
    expect(existsSync(join(command.folder, 'listed'))).toBe(true);
  });

  it('of an open app is used through the app, which asks a person', async () => {
    const { run, server, openApp } = await granted(echo, {
      policy: { ...defaultPolicy, ask: true },
    });
    const questions: PendingApproval[] = [];
    const { core } = await openApp({
      attention: {
        pending: ([question]) => {
          if (question === undefined) return;
          questions.push(question);
          const answer = questions.length === 1 ? 'once' : 'deny';
          setImmediate(() =>
            inCall({ caller: { kind: 'window' } }, () =>
              core.approvals.answer(question.id, answer),
            ),
          );
        },
      },
    });
    const { out, err } = await run(sh(`${curl(server.url)} -o first; ${curl(server.url)}`));
    expect(err).toContain(
      'Waiting until somebody allows a request with the grant “service” in the window.',
    );
    expect(out).toContain('"code":"APPROVAL_REFUSED"');
    expect(server.requests).toHaveLength(1);
    expect(questions[0]).toMatchObject({
      grant: { name: 'service' },
      caller: { kind: 'cli', name: 'sh' },
      method: 'GET',
      host: hostOf(server),
    });
    const requests = core.audit.list({ events: ['request'], limit: 10 });
    expect(requests.toReversed()).toMatchObject([
      { decision: 'allowed', rule: 'approved', detail: 'brokered, allowed once' },
      { decision: 'refused', rule: 'ask', detail: 'brokered, denied by a person' },
    ]);
  });

  it('can change hands between two requests', async () => {
    const { start, server, openApp } = await granted(echo);
    const once = `${curl(server.url)} -o /dev/null && echo done`;
    const running = start(sh(`read a; ${once}1; read b; ${once}2; read c; ${once}3`));
    running.write('\n');
    await running.until('done1');
    // It waits until the command lets go of the directory.
    const app = await openApp();
    running.write('\n');
    await running.until('done2');
    await app.close();
    running.write('\n');
    await running.until('done3');
    const keys = server.requests.map(({ headers }) => headers['x-key']);
    expect(keys).toEqual([SECRET, SECRET, SECRET]);
  });
});

it.skipIf(!works('curl', '--version'))(
  'a brokered value that changes restarts nothing, and the next request has it',
  async () => {
    const scene = await brokeredScene({ API_KEY: SECRET, OTHER: 'one' });
    const server = await secureService(echo);
    await scene.grant({ name: 'service', hosts: [hostOf(server)] });
    const curl = `curl -sS -o /dev/null -H "X-Key: $API_KEY" ${server.url}/`;
    const running = scene.start([
      '--watch',
      '--watch-interval',
      '0.1',
      '--no-redact',
      ...sh(`${curl}; echo "$OTHER $API_KEY"; read line; exit 4`),
    ]);
    await running.until('one strongroom_');
    const update = async (key: string, value: string): Promise<void> => {
      const { code } = await scene.command.run(['secret', 'update', key, '--value', value]);
      expect(code).toBe(0);
    };
    await update('API_KEY', 'sk-new-value');
    await update('OTHER', 'two');
    await running.until('two strongroom_');
    running.write('\n');
    const { code, out, err } = await running.ended;
    expect(code).toBe(4);
    // Only the other variable, and the same placeholder again.
    expect(err).toContain('The values have changed (OTHER). Starting sh again.\n');
    expect(new Set(out.match(new RegExp(PLACEHOLDER, 'g'))).size).toBe(1);
    const keys = server.requests.map(({ headers }) => headers['x-key']);
    expect(keys).toEqual([SECRET, 'sk-new-value']);
  },
);

describe.skipIf(isWindows)('the choice of variables', () => {
  it('is that of all secret variables with a grant, or of those that are named', async () => {
    const scene = await brokeredScene({ API_KEY: SECRET, OTHER: 'other-value', PLAIN: 'p' });
    await scene.grant({ name: 'service', hosts: ['a.test'] });
    const print = sh('echo "$API_KEY $OTHER $PLAIN"');
    const all = await scene.run(['--no-redact', ...print]);
    expect(all.out).toMatch(new RegExp(`^${PLACEHOLDER.source} other-value p\n$`));
    const run = (names: string) => scene.command.run(['run', '--brokered', names, ...print]);
    const missing = await run('OTHER');
    expect(missing.code).toBe(3);
    expect(missing.err).toContain('No grant refers to the variable OTHER.');
    expect(missing.err).toContain(
      'strongroom grant create --name NAME --type bearer --host HOST --value @production/OTHER',
    );
    const unknown = await run('API_KEX');
    expect(unknown.code).toBe(4);
    expect(unknown.err).toContain('Did you mean “API_KEY”?');
    await scene.grant({ name: 'second', hosts: ['b.test'] });
    const several = await run('API_KEY');
    expect(several.err).toContain(
      'Several grants refer to the variable API_KEY: “second” and “service”.',
    );
    const chosen = await run('API_KEY=second');
    expect(chosen.err).toBe('The command gets a placeholder for API_KEY (grant “second”).\n');
    const clone = ['grant', 'clone', 'second', '--name', 'narrow', '--method', 'GET'];
    expect((await scene.command.run(clone)).code).toBe(0);
    expect((await run('API_KEY=narrow')).err).toContain('(grant “narrow”)');
  });

  it('follows references, and is refused if another variable holds the value', async () => {
    const scene = await brokeredScene({
      API_KEY: SECRET,
      SAME: '@production/API_KEY',
      URL: `https://me:${SECRET}@a.test/`,
    });
    await scene.grant({ name: 'service', hosts: ['a.test'] });
    const held = await scene.run(sh('echo started'));
    expect(held).toMatchObject({ code: 3, out: '' });
    expect(held.err).toContain('The variable URL contains the value of API_KEY');
    const same = await scene.run(['--only', 'SAME,API_KEY', ...sh('echo "$SAME"')]);
    expect(same.out).toMatch(/^strongroom_SAME_/);
    const assigned = ['--only', 'API_KEY', '--var', 'NEW=@production/API_KEY'];
    expect((await scene.run([...assigned, ...sh('echo "$NEW"')])).out).toMatch(/^strongroom_NEW_/);
  });
});
