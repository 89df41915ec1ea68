import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { appErrorOf } from '@test/support/failure-of';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { findConfig } from './find';
import { loadConfig } from './load';

let folder: string;

beforeEach(() => {
  folder = temporaryDirectory();
});

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const source = `import { defineConfig, defineSecretManager, external } from 'strongroom/sdk';

interface Unused { readonly a: string }

export const secrets = defineSecretManager({
  'api-keys': {
    'stripe-secret-key': process.env.STRIPE_SECRET_KEY!,
    other: process.env['OTHER_KEY']!,
    theirs: external,
    alias: { vault: 'api-keys', key: 'stripe-secret-key' },
  },
});

export default defineConfig({ name: 'my-app', secrets, workspace: 'Shop' });
`;

describe('findConfig', () => {
  it('looks upwards, and takes the nearest', () => {
    const outer = write('strongroom.config.json', '{}');
    const inner = join(folder, 'packages', 'api');
    mkdirSync(inner, { recursive: true });
    expect(findConfig(inner, undefined)).toBe(outer);
    const near = join(folder, 'packages', 'strongroom.config.ts');
    writeFileSync(near, '');
    expect(findConfig(inner, undefined)).toBe(near);
    expect(findConfig(inner, '../../strongroom.config.json')).toBe(outer);
  });

  it.runIf(process.getuid?.() === 0)('does not run a file of another user', async () => {
    const [foreign, own] = [join(folder, 'a'), join(folder, 'a', 'b')];
    mkdirSync(own, { recursive: true });
    const file = write('a/strongroom.config.ts', '');
    chownSync(file, 12_345, 12_345);
    const found = async (cwd: string) => findConfig(cwd, undefined);
    expect(await appErrorOf(found(own))).toMatchObject({
      message: `${file} belongs to another user, so it is not run.`,
    });
    expect(findConfig(own, '../strongroom.config.ts')).toBe(file);
    const outer = write('strongroom.config.json', '{}');
    expect(findConfig(foreign, undefined)).toBe(outer);
  });

  it('says that there is none', async () => {
    const found = async (named: string | undefined) => findConfig(folder, named);
    expect(await appErrorOf(found(undefined))).toMatchObject({
      code: 'INVALID_INPUT',
      hint: expect.stringContaining('--config') as string,
    });
    expect(await appErrorOf(found('none.ts'))).toMatchObject({
      message: expect.stringContaining('none.ts') as string,
    });
  });
});

describe('loadConfig', () => {
  it('takes an environment that is written as a text, and refuses one that is computed', async () => {
    const environment = source.replace("workspace: 'Shop'", "environment: 'staging'");
    vi.stubEnv('STRIPE_SECRET_KEY', 'sk-1');
    vi.stubEnv('OTHER_KEY', 'two');
    expect(await loadConfig(write('strongroom.config.ts', environment))).toMatchObject({
      declaration: { name: 'my-app' },
    });
    const computed = environment.replace('defineConfig({', 'Object.assign({ environment: "x" }, {');
    const file = write('strongroom.config.ts', computed.replace("environment: 'staging'", ''));
    expect(await appErrorOf(loadConfig(file))).toMatchObject({
      code: 'INVALID_INPUT',
      hint: "Write environment: 'x' in the object of the default export.",
    });
  });

  it('runs TypeScript that imports strongroom/sdk, in a project without it', async () => {
    vi.stubEnv('STRIPE_SECRET_KEY', 'sk-1');
    vi.stubEnv('OTHER_KEY', 'two');
    const file = write('strongroom.config.ts', source);
    expect(await loadConfig(file)).toEqual({
      file,
      workspace: 'Shop',
      declaration: {
        name: 'my-app',
        vaults: [
          {
            vault: 'api-keys',
            secrets: [
              { name: 'stripe-secret-key', content: { value: 'sk-1' } },
              { name: 'other', content: { value: 'two' } },
              { name: 'theirs', content: { external: true } },
              {
                name: 'alias',
                content: { reference: { vault: 'api-keys', key: 'stripe-secret-key' } },
              },
            ],
          },
        ],
      },
    });
  });

  it('names the vault, the secret and the variable of what is not set', async () => {
    vi.stubEnv('STRIPE_SECRET_KEY', undefined);
    vi.stubEnv('OTHER_KEY', undefined);
    const file = write('strongroom.config.ts', source);
    expect(await appErrorOf(loadConfig(file))).toMatchObject({
      code: 'VALUE_UNSET',
      message:
        'The secret stripe-secret-key of the vault api-keys has no value: the variable STRIPE_SECRET_KEY is not set. The secret other of the vault api-keys has no value: the variable OTHER_KEY is not set.',
    });
  });

  it('reads JavaScript and JSON', async () => {
    const js = `import { defineConfig, defineSecretManager } from 'strongroom/sdk';
export default defineConfig({ name: 'js', secrets: defineSecretManager({ api: { A: '1' } }) });`;
    const json =
      '{ "name": "json", "secrets": { "api": { "A": "1", "B": { "external": true } } } }';
    const cjs = `const { defineConfig, defineSecretManager } = require('strongroom/sdk');
module.exports = defineConfig({ name: 'cjs', secrets: defineSecretManager({ api: { A: '1' } }) });`;
    for (const [name, text] of [
      ['a.mjs', js],
      ['b.js', js],
      ['c.cjs', cjs],
      ['d.json', json],
    ] as const) {
      const { declaration } = await loadConfig(write(name, text));
      expect(declaration.vaults[0]?.secrets[0]).toEqual({ name: 'A', content: { value: '1' } });
    }
  });

  it.each([
    ['a.ts', 'const a: number = 1;\nexport default {\n  name: {{\n', 3],
    ['b.mjs', 'const a = 1;\n\nexport default { name: "x" \n', 4],
    ['c.ts', 'interface A {}\n\nfunction f(): never { throw new Error("not today"); }\nf();\n', 3],
    ['d.json', '{\n  "name": "sk-secret",\n  "secrets": { , }\n}', 3],
  ])('says where %s is broken', async (name, text, line) => {
    const file = write(name, text);
    const error = await appErrorOf(loadConfig(file));
    expect(error.code).toBe('INVALID_INPUT');
    expect(error.message).toMatch(new RegExp(`${name.replace('.', '\\.')}:${String(line)}:\\d+: `));
    expect(error.message).not.toContain('sk-secret');
  });

  it.each([
    ['nothing', 'export const a = 1;', 'has no name'],
    ['text', 'export default "x";', 'default export'],
    ['no name', 'export default { secrets: {} };', 'has no name'],
    ['no secrets', 'export default { name: "app" };', 'declares no secrets'],
    ['plain secrets', 'export default { name: "app", secrets: { a: {} } };', 'defineSecretManager'],
    [
      'a name that no store can keep',
      'import { defineSecretManager as of } from "strongroom/sdk"; export default { name: "My App", secrets: of({}) };',
      'cannot be named “My App”',
    ],
  ])('refuses a file that exports %s', async (_, text, part) => {
    const error = await appErrorOf(loadConfig(write('strongroom.config.mjs', text)));
    expect(error.code).toBe('INVALID_INPUT');
    expect(`${error.message} ${error.hint}`).toContain(part);
  });

  it('says that a file cannot be read', async () => {
    const error = await appErrorOf(loadConfig(folder));
    expect(error.message).toContain('cannot be read');
  });
});
