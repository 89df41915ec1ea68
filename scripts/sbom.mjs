/**
 * `npm run sbom -- FILE`: writes what is shipped with the app as CycloneDX 1.6, from the lockfile. The same lockfile gives
 * the same file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { licenceOf, lock, shipped } from './licences.mjs';
import { root } from './lib/paths.mjs';
import { say } from './lib/say.mjs';

const MODULES = 'node_modules/';

/** @type {Readonly<Record<string, string>>} */
const ALGORITHMS = { sha512: 'SHA-512', sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384' };

/**
 * https://github.com/package-url/purl-spec: the `@` of a namespace is encoded.
 *
 * @param {string} name
 * @param {string} version
 */
const purlOf = (name, version) => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;

/**
 * Old packages declare what is no expression of SPDX, such as “Public Domain”.
 *
 * @param {string} text
 */
const licence = (text) =>
  /^\(?[\w.+-]+( (OR|AND|WITH) [\w.+-]+)*\)?$/.test(text)
    ? { expression: text }
    : { license: { name: text } };

/** @param {string} path */
function component(path) {
  const entry = lock[path];
  if (entry === undefined) throw new Error(`${path} is not in the lockfile`);
  const name = path.slice(path.lastIndexOf(MODULES) + MODULES.length);
  const { version, integrity = '' } = entry;
  const [algorithm = '', hash = ''] = integrity.split('-', 2);
  const alg = ALGORITHMS[algorithm];
  return {
    'bom-ref': purlOf(name, version),
    type: 'library',
    name,
    version,
    purl: purlOf(name, version),
    licenses: [licence(licenceOf(path, entry))],
    ...(alg !== undefined && {
      hashes: [{ alg, content: Buffer.from(hash, 'base64').toString('hex') }],
    }),
  };
}

/** @returns {object} */
export function billOfMaterials() {
  /** @type {Record<'name' | 'version' | 'description' | 'license', string>} */
  const { name, version, description, license } = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  const components = new Map(
    [...shipped()].map((path) => {
      const one = component(path);
      return /** @type {const} */ ([one.purl, one]);
    }),
  );
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        'bom-ref': purlOf(name, version),
        type: 'application',
        name,
        version,
        description,
        purl: purlOf(name, version),
        licenses: [{ expression: license }],
      },
    },
    components: [...components.values()].toSorted((a, b) => (a.purl < b.purl ? -1 : 1)),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [file] = process.argv.slice(2);
  if (file === undefined) {
    say('Name the file: npm run sbom -- FILE');
    process.exitCode = 2;
  } else writeFileSync(file, `${JSON.stringify(billOfMaterials(), undefined, 2)}\n`);
}
