/**
 * `npm run docs:security`: writes docs/security.md from the names of the security tests, so that a test
 * keeps every promise on that page.
 */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './lib/paths.mjs';

const SECURITY_TEST = /\.security\.(test|spec)\.ts$/;
const TITLE =
  /^( *)(?:describe|it|test)(?:\.each(?:<.*>)?\([\s\S]*?\n? *\]\)|\.each.*?\)|\.skipIf\([^)]*\)|\.describe)?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`)/gm;
const INTRO = `# Security

What Strongroom promises, each line the name of a test that keeps it. This page is written by
\`npm run docs:security\`; a test fails where it is out of date.
`;

/** Files with security tests, in alphabetical order. */
function testFiles() {
  return ['src', 'e2e/journeys', 'test']
    .flatMap((directory) =>
      readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(directory, name),
      ),
    )
    .filter((name) => SECURITY_TEST.test(name))
    .map((name) => name.replaceAll('\\', '/'))
    .toSorted();
}

/** @param {string} file */
function section(file) {
  const source = readFileSync(join(root, file), 'utf8');
  const found = [...source.matchAll(TITLE)];
  // In a loop, the outermost is indented too.
  const outer = Math.min(...found.map(([, indent = '']) => indent.length));
  const lines = found.map(([, indent = '', ...titles]) => {
    const title = (titles.find((each) => each !== undefined) ?? '').replaceAll(/\\(.)/g, '$1');
    // The placeholders of a table of cases.
    return `${indent.slice(outer)}- ${title.replaceAll(/%[sdifjo]|\$\{\w+\}/g, '…')}`;
  });
  return `## [${file}](../${file})\n\n${lines.join('\n')}\n`;
}

/** The page as it should be. */
export const renderSecurityPage = () => [INTRO, ...testFiles().map(section)].join('\n');

export const securityPage = join(root, 'docs', 'security.md');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(securityPage, renderSecurityPage());
  process.stdout.write(`${relative(process.cwd(), securityPage)}\n`);
}
