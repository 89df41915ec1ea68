import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { renderSecurityPage, securityPage } from './security-doc.mjs';

it('docs/security.md names the security tests there are: npm run docs:security writes it', async () => {
  expect(readFileSync(securityPage, 'utf8')).toBe(await renderSecurityPage());
});
