import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appErrorOf } from '@test/support/failure-of';
import { temporaryDirectory } from '@test/support/temporary-directory';
import { writtenConfig, WrittenConfig } from './written';

const read = (source: string, file = 'strongroom.config.ts') => {
  const config = new WrittenConfig(file, source);
  return { environment: config.environment(), workspace: config.workspace };
};

const head = `// environment: 'comment'
import { defineConfig, defineSecretManager } from 'strongroom/sdk';
const url = 'https://example.com'; /* environment: 'another' */
export const secrets = defineSecretManager({
  'api-keys': { environment: 'a value', [\`key\${1}\`]: process.env.KEY!, pattern: "it's" },
});
`;

describe('the environment of a configuration', () => {
  it.each([
    [`export default defineConfig({ name: 'app', environment: 'staging', secrets });`],
    [`export default defineConfig({\n  secrets,\n  environment: "staging",\n});`],
    [`export default { 'environment': \`staging\` as const, list: [1, { environment: 'no' }] };`],
    [`const config: StrongroomConfig = { environment: 'staging' };\nexport default config;`],
    [`module.exports = { ...other, environment: 'staging' };`],
  ])('is found in %s', (source) => {
    expect(read(head + source).environment).toBe('staging');
  });

  it.each([
    [`export default defineConfig({ name: 'app', secrets });`],
    [`export default defineConfig({ environment: '', secrets });`],
    [`export default make();`],
    [`const environment = 'x';`],
    [''],
  ])('is none in %s', (source) => {
    expect(read(head + source).environment).toBeUndefined();
  });

  it('is read from JSON, with its workspace', () => {
    const source = String.raw`{ "secrets": { "environment": { "A": "1" } }, "environment": "st\u0061ging", "workspace": "Shop" }`;
    expect(read(source, 'strongroom.config.json')).toEqual({
      environment: 'staging',
      workspace: 'Shop',
    });
  });

  it.each([
    [`\nexport default defineConfig({\n  environment: process.env.STAGE,\n});`, 3],
    [`\nexport default { environment: 'a' + 'b' };`, 2],
    [`export default { environment };`, 1],
    [`export default {\n environment: 'x', workspace: pick() };`, 2],
  ])('is refused with its line if it is computed: %s', async (source, line) => {
    const error = await appErrorOf(Promise.resolve().then(() => read(source)));
    expect(error).toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(`strongroom.config.ts:${String(line)}: the `) as string,
    });
  });

  it('is that of the nearest file', () => {
    const folder = temporaryDirectory();
    const inner = join(folder, 'a', 'b');
    mkdirSync(inner, { recursive: true });
    expect(writtenConfig(inner)).toBeUndefined();
    writeFileSync(join(folder, 'strongroom.config.json'), '{ "environment": "outer" }');
    writeFileSync(join(folder, 'a', 'strongroom.config.json'), '{ "environment": "inner" }');
    expect(writtenConfig(inner)?.environment()).toBe('inner');
    expect(writtenConfig(folder)?.environment()).toBe('outer');
  });
});
