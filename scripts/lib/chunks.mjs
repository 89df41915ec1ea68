/**
 * How the code of the processes is built, so that they start soon. Into which files it goes: Node needs about a millisecond for each file that it loads, and the
 * code in many small files took half of the start of the core: docs/decisions/0068-fast-starts.md.
 */

/** Where a process or a command begins. What is imported later with `import()` is not part of it. */
const starts = {
  help: /\/src\/cli\/program\.ts$/,
  connection: /\/src\/(server\/agent\/connect|cli\/with-core)\.ts$/,
  hosts: /\/src\/main\/(index|browser-host)\.ts$/,
  cores: /\/src\/main\/(browser|desktop)-core\.ts$/,
  commands: /\/src\/cli\/(commands|config|mcp|run)\/[^/]+\.ts$/,
  core: /\/src\/(core\/core|server\/agent\/router|server\/window\/router|main\/open-core)\.ts$/,
};

/** The package with the native module of the database. */
const DATABASE = 'libsql';

/**
 * @typedef {keyof typeof starts} Start
 * @typedef {object} Module
 * @property {readonly string[]} importedIds
 * @property {readonly string[]} dynamicallyImportedIds
 * @typedef {{ getModuleInfo(id: string): Module | null }} Graph
 */

/**
 * The modules that are loaded from each start.
 *
 * @param {readonly string[]} entries
 * @param {Graph} graph
 * @returns {Readonly<Record<Start, ReadonlySet<string>>>}
 */
function loadedFrom(entries, graph) {
  const all = new Set(entries);
  // A set can grow while it is walked.
  for (const id of all) {
    const { importedIds = [], dynamicallyImportedIds = [] } = graph.getModuleInfo(id) ?? {};
    for (const next of [...importedIds, ...dynamicallyImportedIds]) all.add(next);
  }
  /** @param {Iterable<string>} from */
  const closure = (from) => {
    const found = new Set(from);
    for (const id of found) {
      for (const next of graph.getModuleInfo(id)?.importedIds ?? []) found.add(next);
    }
    return found;
  };
  /** @param {Start} start */
  const startsOf = (start) => [...all].filter((id) => starts[start].test(id));
  const core = closure(startsOf('core'));
  // What `serve` and others load has the database, which most commands leave to the app.
  const commands = startsOf('commands').filter((id) => !closure([id]).has(DATABASE));
  return {
    help: closure(startsOf('help')),
    connection: closure(startsOf('connection')),
    hosts: closure(startsOf('hosts')),
    cores: closure(startsOf('cores')),
    commands: closure(commands),
    core,
  };
}

/** From the lowest up: a file only imports from files before it, since what a module imports is loaded where it is. */
const files = /** @type {const} */ (['base', 'command', 'connection', 'shared', 'host', 'core']);

/**
 * The files, as groups of the bundler. What else there is goes where the bundler puts it.
 *
 * @param {readonly string[]} entries The absolute paths of the modules that the bundler starts from.
 */
export function chunkGroups(entries) {
  /** @type {ReturnType<typeof loadedFrom> | undefined} */
  let loaded;
  /** @type {(id: string, graph: Graph) => typeof files[number] | undefined} */
  const fileOf = (id, graph) => {
    loaded ??= loadedFrom(entries, graph);
    const { help, connection, hosts, cores, commands, core } = loaded;
    if (help.has(id)) return cores.has(id) || hosts.has(id) ? 'base' : 'command';
    if (connection.has(id)) return 'connection';
    if (!core.has(id)) return undefined;
    if (commands.has(id)) return 'shared';
    return hosts.has(id) ? 'host' : 'core';
  };
  return files.map((file, index) => ({
    name: (/** @type {string} */ id, /** @type {Graph} */ graph) =>
      fileOf(id, graph) === file ? file : null,
    debugName: file,
    priority: files.length - index,
  }));
}

/** One import of a built-in module is left, and that of a small one. */
const REQUIRE = `import { createRequire as __requireFrom } from "node:module";
const __required = __requireFrom(import.meta.url);
`;

/** Node’s own modules, and the packages in CommonJS that are not bundled and that a process starts with. */
const IMPORT = /^import (?:(?:\* as )?(\w+))?(?:, )?(\{.*\})? from "(node:[^"]+|libsql|ws)";$/gm;

/**
 * Replaces `import … from 'node:…'` in a file that is built, and imports of packages in CommonJS. Node reads every
 * export of a built-in module that is imported, whether it is used or not: `node:http` then loads its whole `fetch`,
 * and `node:crypto` WebCrypto. Of a module in CommonJS it parses the code once more, to find the names of its exports.
 *
 * @param {string} code As the bundler writes it, with an import a line.
 * @returns {string}
 */
export function withRequires(code) {
  const changed = code.replaceAll(IMPORT, (_, whole, names, from) => {
    const parts = [whole, names?.replaceAll(' as ', ': ')].filter((part) => part !== undefined);
    return parts.map((part) => `const ${part} = __required("${from}");`).join(' ');
  });
  // A command begins with the name of its interpreter.
  return changed === code ? code : changed.replace(/^(?:#!.*\n)?/, (first) => `${first}${REQUIRE}`);
}

/**
 * Replaces what oRPC asks of each message, whether it is a form, by the answer: no call of ours carries one. Node loads
 * all of its `fetch` at the first mention of `FormData`, a tenth of the time of a short command.
 *
 * @param {string} code of a module of oRPC
 * @returns {string}
 */
export function withoutForms(code) {
  return code.replaceAll(/\b\w+ instanceof FormData\b/g, 'false');
}

/**
 * What makes our programs start sooner, for the bundler.
 *
 * @type {import('vite').Plugin[]}
 */
export const startPlugins = [
  {
    name: 'without-forms',
    transform: {
      filter: { id: /\/@orpc\//, code: 'instanceof FormData' },
      handler: (code) => ({ code: withoutForms(code), map: null }),
    },
  },
  { name: 'with-requires', renderChunk: (code) => ({ code: withRequires(code), map: null }) },
];
