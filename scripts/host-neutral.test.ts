/**
 * The core and what is shared are used by the window and by programs in a terminal: what they say to people
 * names no page, button or other part of the window.
 */
import { expect, it } from 'vitest';
import { parsed, sourcesIn, walk, type Source } from '@test/support/syntax';

const OF_THE_WINDOW =
  /Settings (→|->|>)|More ways to connect|\b(sidebar|toast|button|tooltip|another window)\b/i;

/** Texts of a source, wherever they are used; names of modules are none. */
function textsOf({ program }: Source): readonly string[] {
  const texts: string[] = [];
  walk(program, (node, [parent]) => {
    const isModule = parent !== undefined && 'source' in parent && parent.source === node;
    if (node.type === 'Literal' && typeof node.value === 'string' && !isModule) {
      texts.push(node.value);
    }
    if (node.type === 'TemplateElement') texts.push(node.value.raw);
  });
  return texts;
}

const partsNamedIn = (source: Source): readonly string[] =>
  textsOf(source)
    .filter((text) => OF_THE_WINDOW.test(text))
    .map((text) => `${source.file}: ${text}`);

it('the core and the shared code name no part of the window', () => {
  const sources = sourcesIn('src/core', 'src/shared');
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.flatMap(textsOf).length).toBeGreaterThan(1000);
  expect(sources.flatMap(partsNamedIn)).toEqual([]);
});

it.each([
  "const hint = 'Enter it in Settings → Vault.';",
  'const hint = `Choose ${name} in Settings → Vault.`;',
  "const field = { help: 'Under “More ways to connect”.' };",
  "fail('The list in the sidebar', 'Press the button.');",
])('such a name would be found: %s', (text) => {
  expect(partsNamedIn(parsed('x.ts', text))).toHaveLength(text.includes('sidebar') ? 2 : 1);
});

it('a comment and the name of a module are no texts', () => {
  const text = "// In the sidebar.\nimport { x } from './sidebar';\nconst sidebarWidth = 1;";
  expect(partsNamedIn(parsed('x.ts', text))).toEqual([]);
});
