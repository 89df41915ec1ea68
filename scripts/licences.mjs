/**
 * `npm run licences`: writes the list of packages that are shipped with the app and their licences, for the
 * page About. A test fails if the list is out of date.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './lib/paths.mjs';

/**
 * @typedef {object} Entry of package-lock.json
 * @property {string} version
 * @property {string} [integrity] such as `sha512-…`, in base64
 * @property {string | readonly { readonly type: string }[]} [license] old packages have a list
 * @property {readonly string[]} [os]
 * @property {Readonly<Record<string, string>>} [dependencies]
 * @property {Readonly<Record<string, string>>} [optionalDependencies]
 */

/**
 * @typedef {object} LicenceList
 * @property {readonly { readonly name: string, readonly version: string, readonly licence: string, readonly text?: number }[]} packages
 *   by name; `text` is an index
 * @property {readonly string[]} texts each once, because many packages share a text
 */

export const licencesFile = join(
  root,
  'src',
  'renderer',
  'features',
  'settings',
  'about',
  'licences.json',
);

const MODULES = 'node_modules/';

/** @type {Readonly<Record<string, Entry>>} */
export const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;

/**
 * Where Node finds `name` when the package at `from` requires it.
 *
 * @param {string} from
 * @param {string} name
 */
function locate(from, name) {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf(`/${MODULES}`)))) {
    const path = `${base === '' ? '' : `${base}/`}${MODULES}${name}`;
    if (lock[path] !== undefined) return path;
    if (base === '') return undefined;
  }
}

/** The development dependencies that are bundled into the window and the preload. */
function bundled() {
  const names = new Set();
  for (const part of ['renderer', 'shared', 'preload']) {
    for (const file of readdirSync(join(root, 'src', part), {
      recursive: true,
      encoding: 'utf8',
    })) {
      if (!/\.(tsx?|css)$/.test(file) || /\.test\.tsx?$/.test(file)) continue;
      const source = readFileSync(join(root, 'src', part, file), 'utf8');
      for (const [, name = ''] of source.matchAll(
        /(?:from|import|import\(|url\()\s*'((?:@[\w.-]+\/)?[\w-][\w.-]*)/g,
      )) {
        if (lock[MODULES + name] !== undefined) names.add(name);
      }
    }
  }
  // The packages of Electron only download it; it is listed separately.
  names.delete('electron');
  return names;
}

/**
 * The development dependencies that are bundled into the command, because it needs a part of them. If only some of
 * their dependencies are in that part, these are named.
 *
 * @type {Readonly<Record<string, readonly string[] | undefined>>}
 */
const bundledIntoCommand = {
  // The rest of it serves http, which the command does not.
  '@modelcontextprotocol/sdk': ['ajv', 'ajv-formats', 'zod', 'zod-to-json-schema'],
  '@orpc/openapi': undefined,
};

/** The paths of all shipped packages. */
export function shipped() {
  /** @type {Set<string>} */
  const paths = new Set();
  /** @param {string | undefined} path */
  const visit = (path) => {
    const entry = path === undefined ? undefined : lock[path];
    if (path === undefined || entry === undefined || paths.has(path)) return;
    paths.add(path);
    const names =
      bundledIntoCommand[path.slice(MODULES.length)] ??
      Object.keys({ ...entry.dependencies, ...entry.optionalDependencies });
    for (const name of names) visit(locate(path, name));
  };
  const own = lock[''];
  for (const name of Object.keys({ ...own?.dependencies, ...own?.optionalDependencies })) {
    visit(locate('', name));
  }
  for (const name of [...bundled(), ...Object.keys(bundledIntoCommand)]) visit(locate('', name));
  paths.add(`${MODULES}electron`);
  return paths;
}

/**
 * The licence that a package declares.
 *
 * @param {string} path
 * @param {Entry} entry
 */
export function licenceOf(path, { license }) {
  /** @type {{ license?: Entry['license'], licenses?: Entry['license'] }} */
  const manifest =
    license === undefined
      ? JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'))
      : { license };
  const said = manifest.license ?? manifest.licenses ?? 'unknown';
  return typeof said === 'string' ? said : said.map(({ type }) => type).join(' OR ');
}

/**
 * @param {string} path
 * @param {Entry} entry
 */
function textOf(path, { os }) {
  const directory = join(root, path);
  // Which packages of an operating system are installed depends on the machine.
  if (os !== undefined || !existsSync(directory)) return undefined;
  const file = readdirSync(directory).find((name) => /^(licen[cs]e|copying)/i.test(name));
  if (file === undefined) return undefined;
  return readFileSync(join(directory, file), 'utf8').replaceAll('\r\n', '\n').trim();
}

/** @returns {LicenceList} the list as it should be */
export function listLicences() {
  /** @type {string[]} */
  const texts = [];
  /** @param {string} text */
  const indexOf = (text) => {
    const at = texts.indexOf(text);
    return at === -1 ? texts.push(text) - 1 : at;
  };
  const seen = new Map();
  for (const path of [...shipped()].toSorted()) {
    const entry = lock[path];
    if (entry === undefined) continue;
    const name = path.slice(path.lastIndexOf(MODULES) + MODULES.length);
    const text = textOf(path, entry);
    seen.set(`${name} ${entry.version}`, {
      name,
      version: entry.version,
      licence: licenceOf(path, entry),
      ...(text !== undefined && { text: indexOf(text) }),
    });
  }
  const packages = [...seen.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one);
  return { packages, texts };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(licencesFile, `${JSON.stringify(listLicences(), undefined, 2)}\n`);
}
