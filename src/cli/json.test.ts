/** The guide documents what `--json` prints: docs/guide/command-line.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openApp } from '@test/support/app';
import { commandWith, type TestCommand } from '@test/support/command';
import { startTestAws, startTestVault } from '@test/support/core';
import { service } from '@test/support/requests';

const guide = readFileSync(new URL('../../docs/guide/command-line.md', import.meta.url), 'utf8');

/** The rows of the table: the commands, and the shape of what they print. */
const rows = new Map(
  guide
    .slice(guide.indexOf('## JSON'), guide.indexOf('## Completion'))
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, commands = '', shape = ''] = line.split('|').map((cell) => cell.trim());
      return [commands.replaceAll('`', ''), shape] as const;
    }),
);

const ENVIRONMENT = 'env list';
const ONE = 'env create, use, link, unlink, restore';
const EDIT = 'secret create, update, delete';
const CONNECTION = 'connection show, set, remove';
const GRANT = 'grant create, show, update, rotate, clone, disable, enable';
const SETUP = {
  strongroom: 1,
  workspace: 'Team',
  connection: { provider: 'local-vault', settings: {} },
  environments: [{ name: 'production', path: 'production' }],
  expected: [{ key: 'URL', type: 'url', note: 'a note' }],
  grants: [],
};
const WORKSPACE = 'workspace list, create, use, rename';

/** These hold names that are not fixed, or what another row documents. */
const CLOSED = new Set([
  'settings',
  'counts',
  'error',
  'problem',
  'deleted',
  'rules',
  'policy',
  'caller',
  'grant',
  'template',
]);

interface Documented {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** By field: the values that it can have. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

const quoted = (text: string): string[] =>
  [...text.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);

/** The shape of another row that a shape refers to, such as “A list of grants”. */
const ofRow = (text: string): string | undefined => {
  const environment = /^(?:One|A list of) environments?(.*)$/.exec(text);
  if (environment !== null) return `${rows.get(ENVIRONMENT) ?? ''}${environment[1] ?? ''}`;
  return text === 'A list of grants' ? rows.get(GRANT) : undefined;
};

function documented(row: string): Documented {
  const text = rows.get(row) ?? '';
  const shape = ofRow(text) ?? text;
  const names = quoted(shape.replaceAll(/\([^)]*\)/g, ''));
  return {
    required: names.filter((name) => !name.endsWith('?')),
    optional: names.filter((name) => name.endsWith('?')).map((name) => name.slice(0, -1)),
    values: new Map(
      [...shape.matchAll(/`(\w+)` \((`[^)]*)\)/g)].map(([, name = '', values = '']) => [
        name,
        quoted(values),
      ]),
    ),
  };
}

/** Every field of what was printed, with its values. */
function* fieldsOf(printed: unknown): Generator<readonly [name: string, value: unknown]> {
  if (Array.isArray(printed)) for (const each of printed) yield* fieldsOf(each);
  else if (typeof printed === 'object' && printed !== null) {
    for (const [name, value] of Object.entries(printed)) {
      yield [name, value];
      if (!CLOSED.has(name)) yield* fieldsOf(value);
    }
  }
}

/** What each row has printed. */
const printed = new Map<string, unknown[]>();

async function collect(
  command: TestCommand,
  lines: readonly (readonly [row: string, line: string, stdin?: string])[],
): Promise<void> {
  for (const [row, line, stdin = ''] of lines) {
    const { out, err } = await command.run([...line.split(' '), '--json'], { stdin });
    if (out === '') throw new Error(`${line} has printed nothing: ${err}`);
    printed.set(row, [...(printed.get(row) ?? []), JSON.parse(out)]);
  }
}

async function useVault(command: TestCommand): Promise<Awaited<ReturnType<typeof startTestVault>>> {
  const vault = await startTestVault();
  await collect(command, [
    [
      'connection show, set, remove',
      `connection set hashicorp-vault --url ${vault.url} --token -`,
      vault.rootToken,
    ],
  ]);
  return vault;
}

describe('--json', () => {
  it('prints what the guide says', async () => {
    const command = await commandWith('production');
    const vault = await useVault(command);
    const write = (name: string, content: unknown): void => {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      writeFileSync(join(command.cwd, name), text);
    };
    write('setup.json', SETUP);
    write('.env', 'A=1\nB=\nKEY=other\nREGION=eu\nNEW=1\n');
    await collect(command, [
      [ONE, 'env create staging'],
      ['env rename', 'env rename staging other'],
      [ONE, 'env use production'],
      [EDIT, 'secret create KEY --value -', 'x'],
      [EDIT, 'secret create REGION --value eu --plain'],
      [EDIT, 'secret create EMPTY --value -'],
      [EDIT, 'secret update KEY --value -', 'y'],
      [EDIT, 'secret create OLD --value -', 'y'],
      [EDIT, 'secret delete OLD --yes'],
      ['secret get', 'secret get KEY'],
      ['secret list', 'secret list --values'],
      ['import', 'import .env --dry-run'],
      ['import', 'import .env'],
      ['import', 'import .env --overwrite'],
      ['export', 'export'],
      ['export', 'export -o out'],
      ['diff', 'diff production other --all'],
      ['diff', 'diff other production --all'],
      ['check', 'check KEY EMPTY NONE'],
      ['check --all, or with several -e', 'check --all'],
      ['push --dry-run', 'push --dry-run'],
      ['push', 'push production --yes'],
      ['push', 'push --yes'],
      [ONE, 'env unlink other --yes'],
      [ONE, 'env link other'],
      [EDIT, 'secret update KEY --value -', 'z'],
      ['history', 'history'],
      ['history VERSION', 'history v2'],
      [ONE, 'restore v1 --yes'],
      ['test', 'test'],
      [CONNECTION, 'connection show'],
      [WORKSPACE, 'workspace create Shop'],
      [WORKSPACE, 'workspace rename Shop Store'],
      ['workspace delete', 'workspace delete Store --yes'],
      ['workspace import', 'workspace import setup.json --name Copy --yes'],
      ['workspace export', 'workspace export --workspace Copy'],
      [WORKSPACE, 'workspace list'],
      ['status', 'status'],
      ['lock, unlock', 'unlock'],
    ]);
    const { url } = await service((request, response) =>
      response.end(request.url === '/bytes' ? Buffer.from([0xff, 0xfe]) : 'text'),
    );
    await collect(command, [
      [GRANT, `grant create --name stripe --host ${url} --value -`, 'token'],
      [GRANT, 'grant show stripe'],
      ['grant list', 'grant list'],
      ['client create', 'client create billing --grant stripe --expires 1d --address 10.0.0.0/8'],
      ['client list', 'client list'],
      ['client revoke', 'client revoke billing'],
      ['client token', 'client token'],
      ['request', `request stripe GET ${url}/v1`],
      ['request', `request stripe GET ${url}/bytes`],
      ['grant delete', 'grant delete stripe --yes'],
      ['audit', 'audit'],
      ['audit verify', 'audit verify'],
      ['backup list, make', 'backup make'],
      ['backup list, make', 'backup list'],
    ]);
    const [backup] = (printed.get('backup list, make') ?? []) as { readonly name: string }[];
    await collect(command, [['backup restore', `backup restore ${backup?.name ?? ''} --yes`]]);
    vault.kv('secret').put('found', { A: '1' });
    vault.kv('secret').put('unread', { A: '1' });
    vault.faults.add({
      match: { method: 'GET', path: /data\/unread$/ },
      effect: { kind: 'answer', status: 403, body: { errors: ['permission denied'] } },
    });
    await collect(command, [
      ['pull', 'pull'],
      ['pull NAME', 'pull production'],
      [ENVIRONMENT, 'env list'],
    ]);
    write('strongroom.config.json', { name: 'my-app', secrets: { api: { A: '1' } } });
    await collect(command, [
      ['plan', 'plan'],
      ['apply', 'apply --yes'],
      ['env delete', 'env delete other --force --yes'],
      [CONNECTION, 'connection remove --yes'],
    ]);
    await openApp(command);
    await collect(command, [
      ['open, if the app is open or was started', 'open'],
      ['lock, unlock', 'lock'],
      ['status', 'status'],
    ]);

    expect([...printed.keys()].toSorted()).toEqual([...rows.keys()].toSorted());
    for (const [row, outputs] of printed) {
      const { required, optional, values } = documented(row);
      const fields = [...fieldsOf(outputs)];
      const names = new Set(fields.map(([name]) => name));
      expect([row, required.filter((name) => !names.has(name))]).toEqual([row, []]);
      const known = new Set([...required, ...optional]);
      expect([row, [...names].filter((name) => !known.has(name))]).toEqual([row, []]);
      const others = fields.filter(
        ([name, value]) => values.get(name)?.includes(String(value)) === false,
      );
      expect([row, others]).toEqual([row, []]);
    }
    // The environment or workspace that was deleted.
    const deleted = (row: string): unknown[] =>
      (printed.get(row) ?? []).map((each) => (each as { readonly deleted: object }).deleted);
    for (const [row, of] of [
      ['env delete', ENVIRONMENT],
      ['workspace delete', WORKSPACE],
      ['grant delete', GRANT],
    ] as const) {
      const { required, optional } = documented(of);
      for (const [name] of fieldsOf(deleted(row)))
        expect([...required, ...optional]).toContain(name);
    }
  });

  it('says until when a deletion can be undone', async () => {
    const aws = await startTestAws();
    const command = await commandWith('production');
    const { accessKeyId, secretAccessKey } = aws.accessKey();
    writeFileSync(join(command.cwd, 'id'), accessKeyId);
    const set = `connection set aws-secrets-manager --region us-east-1 --endpoint ${aws.endpoint}`;
    const keys = '--authentication access-keys --access-key-id-file id --secret-access-key -';
    await command.ok([...set.split(' '), ...keys.split(' ')], { stdin: secretAccessKey });
    await command.ok(['secret', 'create', 'KEY', '--value', '-'], { stdin: 'x' });
    await command.ok(['env', 'link', 'production']);
    const line = 'env delete production --on-server --force --yes';
    const { until, ...others } = (await command.json(line.split(' '))) as Record<string, unknown>;
    expect(Object.keys(others)).toEqual(['deleted', 'onServer', 'recoverable']);
    expect(until).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  });
});
