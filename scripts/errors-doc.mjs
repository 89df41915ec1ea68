/**
 * `npm run docs:errors`: writes docs/guide/errors.md from the table of errors, so that the guide says what
 * the app says.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { root } from './lib/paths.mjs';
import { importTs } from './run-ts.mjs';

const TABLE = 'src/shared/errors.ts';
const INTRO = `# Messages and what to do

Every message that Strongroom has for when something goes wrong, with what it most likely means and what
to do about it. Where more is known at the moment, it says so instead. The name after a message stands in
the details of the error too, for looking it up.

`;

const HEAD = `| What happened | Likely cause | What to do |
| --- | --- | --- |`;

/** A comment of the table that opens a group, or the name of an entry. */
const LINE = /^ {2}(?:\/\/ (?<group>.+)|(?<code>[A-Z_]+): \{)$/gm;

/** The page as it should be. */
export async function renderErrorsPage() {
  /** @type {{ errorTable: Record<string, { message: string, cause?: string, hint: string }> }} */
  const { errorTable } = await importTs(TABLE);
  const lines = [...readFileSync(join(root, TABLE), 'utf8').matchAll(LINE)].map(({ groups }) => {
    const { group, code = '' } = groups ?? {};
    if (group !== undefined) return `\n## ${group}\n\n${HEAD}`;
    const entry = errorTable[code];
    if (entry === undefined) throw new Error(`${TABLE} does not export ${code}.`);
    return `| **${entry.message}** \`${code}\` | ${entry.cause ?? ''} | ${entry.hint} |`;
  });
  const page = `${INTRO}${lines.join('\n')}\n`;
  return format(page, { parser: 'markdown', printWidth: 100 });
}

export const errorsPage = join(root, 'docs', 'guide', 'errors.md');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(errorsPage, await renderErrorsPage());
  process.stdout.write(`${relative(process.cwd(), errorsPage)}\n`);
}
