/**
 * `npm run docs:security`: writes docs/security.md from the names of the security tests, so that a test
 * keeps every promise on that page, and from their last outcomes.
 */
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { root } from './lib/paths.mjs';
import { mutations } from './security/mutations.mjs';
import { readOutcomes } from './security/outcomes.mjs';
import { promisesIn, securityTests } from './security/promises.mjs';

const INTRO = `# Security

What Strongroom promises, each line the name of a test that keeps it. \`npm test\` has these tests at a small size;
\`npm run security\` runs them at full size. A mutation breaks the code on purpose, and is killed when the test fails:
\`npm run security:mutations\`. Both keep their outcomes in \`docs/security.json\`, and \`npm run docs:security\` writes
this page. An outcome is that of the last run, with its date and its size; what has none was not run yet.
`;

/** @param {string} text */
const cell = (text) => text.replaceAll('|', String.raw`\|`).replaceAll('<', '&lt;');

/**
 * @param {string} file
 * @param {ReturnType<typeof readOutcomes>} outcomes
 */
function section(file, outcomes) {
  const rows = promisesIn(file).map((promise) => {
    const last = outcomes.promises[file]?.[promise];
    const ran =
      last === undefined
        ? 'not run yet'
        : [last.outcome, last.date, last.size, ...(last.tests > 1 ? [`${last.tests} cases`] : [])];
    const broken = mutations
      .filter((each) => each.test === file && each.promises.includes(promise))
      .map(({ what }) => `${what}: ${outcomes.mutations[what]?.outcome ?? 'not run yet'}`);
    return [promise, [ran].flat().join(', '), broken.join('; ')].map(cell);
  });
  const lines = [['Promise', 'Last outcome', 'Mutations'], ['---', '---', '---'], ...rows];
  return `## [${file}](../${file})\n\n${lines.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`;
}

/** How many of each, in words. @param {readonly (string | undefined)[]} outcomes */
function counted(outcomes) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const outcome of outcomes) {
    const word = outcome ?? 'not run yet';
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}

/** The page as it should be. */
export async function renderSecurityPage() {
  const outcomes = readOutcomes();
  const files = securityTests();
  const promises = files.flatMap((file) =>
    promisesIn(file).map((promise) => outcomes.promises[file]?.[promise]?.outcome),
  );
  const broken = mutations.map(({ what }) => outcomes.mutations[what]?.outcome);
  const summary = `Of ${promises.length} promises: ${counted(promises)}. Of ${broken.length} mutations: ${counted(broken)}.\n`;
  const text = [INTRO, summary, ...files.map((file) => section(file, outcomes))].join('\n');
  return format(text, { ...(await resolveConfig(securityPage)), parser: 'markdown' });
}

export const securityPage = join(root, 'docs', 'security.md');

export async function writeSecurityPage() {
  writeFileSync(securityPage, await renderSecurityPage());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await writeSecurityPage();
  process.stdout.write(`${relative(process.cwd(), securityPage)}\n`);
}
