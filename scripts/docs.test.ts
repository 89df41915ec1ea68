/** The references in the documents are valid: files, pictures in both themes, and headings. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';
import { anchorOf } from '@shared/model/anchor';
import { root } from './lib/paths.mjs';

const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'test/servers/README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
];

const REFERENCE = /\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"/g;
const CODE = /^```[\s\S]*?^```|`[^`\n]*`/gm;

const read = (document: string): string =>
  readFileSync(join(root, document), 'utf8').replaceAll(CODE, '');

const anchorsOf = (document: string): readonly string[] =>
  [...readFileSync(join(root, document), 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    anchorOf(heading.replaceAll(/[`*]|\]\([^)]*\)|\[/g, '')),
  );

const referencesIn = (document: string): readonly string[] =>
  [...read(document).matchAll(REFERENCE)]
    .map(([, link, picture]) => link ?? picture ?? '')
    .filter((reference) => !/^[a-z]+:/.test(reference));

function isThere(document: string, reference: string): boolean {
  const [file = '', anchor] = reference.split('#');
  const target = file === '' ? document : join(dirname(document), decodeURI(file));
  if (!existsSync(join(root, target))) return false;
  return anchor === undefined || !target.endsWith('.md') || anchorsOf(target).includes(anchor);
}

it.each(documents)('%s refers to what is there', (document) => {
  const missing = referencesIn(document).filter((reference) => !isThere(document, reference));
  expect(missing).toEqual([]);
});

it('the guide and the README refer to files and pictures at all', () => {
  const guide = documents.filter((name) => name.startsWith('docs/guide/') || name === 'README.md');
  const references = guide.flatMap(referencesIn);
  expect(references.filter((one) => one.endsWith('.md')).length).toBeGreaterThan(20);
  expect(references.filter((one) => one.endsWith('.png')).length).toBeGreaterThan(20);
});

it('every picture that was taken is shown somewhere, in both themes', () => {
  const shown = documents.flatMap((document) =>
    referencesIn(document)
      .filter((one) => one.endsWith('.png'))
      .map((one) => relative(root, join(root, dirname(document), one)).replaceAll('\\', '/')),
  );
  const pictures = ['light', 'dark'].map((theme) =>
    readdirSync(join(root, 'docs', 'screenshots', theme)).toSorted(),
  );
  expect(pictures[0]).toEqual(pictures[1]);
  const unused = (pictures[0] ?? []).filter(
    (name) => !shown.includes(`docs/screenshots/light/${name}`),
  );
  expect(unused).toEqual([]);
});
