/** What docs/security.md promises: the titles of the security tests, read from their sources. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../lib/paths.mjs';

const SECURITY_TEST = /\.security\.(test|spec)\.ts$/;
const TITLE =
  /^( *)(describe|it|test)(?:\.each.*?\)|\.each(?:<.*>)?\([\s\S]*?\n? *\](?: as const)?\)|\.skipIf\([^)]*\)|\.(describe))?\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`)/gm;

/** Stands where a title has the values of a case. */
const CASE = '…';
const BETWEEN = ' › ';

/**
 * @typedef {object} Promised
 * @property {string} name the titles, from the outermost to the test
 * @property {string} file
 */

/** The files with security tests, in alphabetical order. */
export const securityTests = () =>
  ['src', 'e2e/journeys', 'test']
    .flatMap((directory) =>
      readdirSync(join(root, directory), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(directory, name),
      ),
    )
    .filter((name) => SECURITY_TEST.test(name))
    .map((name) => name.replaceAll('\\', '/'))
    .toSorted();

/**
 * The promises of a file, in its order.
 *
 * @param {string} file
 * @returns {string[]}
 */
export function promisesIn(file) {
  const source = readFileSync(join(root, file), 'utf8');
  /** @type {{ readonly indent: number, readonly title: string }[]} */
  const above = [];
  /** @type {string[]} */
  const promises = [];
  for (const [, spaces = '', word, group, ...titles] of source.matchAll(TITLE)) {
    const indent = spaces.length;
    while ((above.at(-1)?.indent ?? -1) >= indent) above.pop();
    const title = (titles.find((each) => each !== undefined) ?? '')
      .replaceAll(/\\(.)/g, '$1')
      .replaceAll(/%[sdifjo]|\$\{\w+\}|\$\w+/g, CASE);
    if (word === 'describe' || group === 'describe') above.push({ indent, title });
    else promises.push([...above.map((each) => each.title), title].join(BETWEEN));
  }
  return promises;
}

/** @param {string} text */
const escaped = (text) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);

/**
 * A regular expression for the tests that keep a promise, by their titles with a separator between them.
 *
 * @param {string} promise
 * @param {string} [separator]
 */
export const patternOf = (promise, separator = BETWEEN) =>
  `^${promise.split(BETWEEN).join(separator).split(CASE).map(escaped).join('.*')}$`;

/**
 * Whether a test keeps a promise.
 *
 * @param {string} promise
 * @param {readonly string[]} titles
 */
export const isKeptBy = (promise, titles) =>
  new RegExp(patternOf(promise), 's').test(titles.join(BETWEEN));
