/** Nothing in `src` is exported that nobody imports. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './lib/paths.mjs';

const SELF = 'scripts/unused-exports.test.ts';

/** An export that no product code imports: a type that tests need. */
const KEPT: ReadonlySet<string> = new Set(['WindowRouter']);

/** What programs outside import. */
const ENTRIES: ReadonlySet<string> = new Set(['src/sdk/index.ts']);

interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** How often each name occurs outside comments. */
  readonly names: ReadonlyMap<string, number>;
}

const filesBelow = (folder: string): SourceFile[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|tsx|mjs)$/.test(name))
    .map((name) => {
      const path = `${folder}/${name.replaceAll('\\', '/')}`;
      const text = readFileSync(join(root, path), 'utf8').replaceAll(
        /\/\*[^]*?\*\/|(?<!:)\/\/.*/g,
        '',
      );
      const names = new Map<string, number>();
      for (const [name] of text.matchAll(/[\w$]+/g)) names.set(name, (names.get(name) ?? 0) + 1);
      return { path, text, names };
    });

const DECLARED =
  /^export (?:async |abstract )*(function\*?|const|let|class|interface|type) ([\w$]+)/gm;

it('has no export that only its own file or a test uses', () => {
  const all = ['src', 'test', 'bench', 'e2e', 'scripts']
    .flatMap(filesBelow)
    .filter(({ path }) => path !== SELF);
  const isProduct = ({ path }: SourceFile): boolean =>
    path.startsWith('src/') && !/\.test\.tsx?$/.test(path);
  const isChecked = (file: SourceFile): boolean => isProduct(file) && !ENTRIES.has(file.path);
  const problems: string[] = [];
  for (const file of all.filter(isChecked)) {
    for (const [, kind = '', name = ''] of file.text.matchAll(DECLARED)) {
      const users = all.filter((other) => other !== file && other.names.has(name));
      if (users.some(isProduct) || KEPT.has(name)) continue;
      const isUsedHere = (file.names.get(name) ?? 0) > 1;
      const isType = kind === 'interface' || kind === 'type';
      // A type may be exported with the function it describes, and a part so that a test can reach it.
      if (isUsedHere && (isType || users.length > 0)) continue;
      problems.push(`${file.path}: ${name}`);
    }
  }
  expect(problems).toEqual([]);
});
