/** The syntax of this repository's sources, for tests that hold them to a rule. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync, type ESTree } from 'vite';
import { root } from '../../scripts/lib/paths.mjs';

export type Node = ESTree.Node;

export interface Source {
  /** From the root of the repository, with slashes. */
  readonly file: string;
  readonly program: Node;
}

/** @param file Its ending says which syntax. */
export function parsed(file: string, text: string): Source {
  const { program, errors } = parseSync(file, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  return { file, program };
}

/** The TypeScript files of some folders, named from the root of the repository; tests are left out. */
export const sourcesIn = (...folders: readonly string[]): readonly Source[] =>
  folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name).replaceAll('\\', '/'),
      ),
    )
    .filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file))
    .map((file) => parsed(file, readFileSync(join(root, file), 'utf8')));

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value;

/** Visits a node and everything below it, in the order of the text. Ancestors come innermost first. */
export function walk(
  node: Node,
  visit: (node: Node, ancestors: readonly Node[]) => void,
  ancestors: readonly Node[] = [],
): void {
  visit(node, ancestors);
  const inner = [node, ...ancestors];
  for (const child of Object.values(node).flat()) if (isNode(child)) walk(child, visit, inner);
}
