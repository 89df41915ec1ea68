import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandsPage, renderCommandsPage } from './commands-doc';

it('docs/guide/commands.md says what the commands say: npm run docs:commands writes it', async () => {
  const page = readFileSync(commandsPage, 'utf8');
  expect(page).toBe(await renderCommandsPage());
  expect(page).toContain('## strongroom secret create');
});
