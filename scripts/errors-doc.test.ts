import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorCodes } from '@shared/errors';
import { errorsPage, renderErrorsPage } from './errors-doc.mjs';
import { root } from './lib/paths.mjs';

it('docs/guide/errors.md says what the table of errors says: npm run docs:errors writes it', async () => {
  const page = readFileSync(errorsPage, 'utf8');
  expect(page).toBe(await renderErrorsPage());
  for (const code of errorCodes) expect(page).toContain(`\`${code}\``);
});

it('the table has no code that nothing ends with', () => {
  const source = join(root, 'src');
  const elsewhere = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.tsx?$/.test(path))
    .filter((path) => path !== join('shared', 'errors.ts'))
    .map((path) => readFileSync(join(source, path), 'utf8'))
    .join('\n');
  expect(errorCodes.filter((code) => !elsewhere.includes(`'${code}'`))).toEqual([]);
});
