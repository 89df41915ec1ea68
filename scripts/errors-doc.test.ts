import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { errorCodes } from '../src/shared/errors';
import { errorsPage, renderErrorsPage } from './errors-doc.mjs';

it('docs/guide/errors.md says what the table of errors says: npm run docs:errors writes it', async () => {
  const page = readFileSync(errorsPage, 'utf8');
  expect(page).toBe(await renderErrorsPage());
  for (const code of errorCodes) expect(page).toContain(`\`${code}\``);
});
