/**
 * The walls of the house: which room may import which. CONTRIBUTING.md draws the same picture; the rule
 * `strongroom/walls` enforces it, and `rooms.test.ts` tests the rule.
 *
 * A room is a folder (or a single file). A file belongs to the innermost room around it. A room may always
 * import itself, with the rooms inside it.
 */

/**
 * @typedef {object} Room
 * @property {string} path From the root of the repository; a folder ends in a slash.
 * @property {readonly string[]} imports Paths of other rooms, or of folders that hold several.
 * @property {readonly string[]} [packages] Packages and Node modules that only the rooms that list them may
 *   import, see `guarded`.
 */

/** Everything in the core that knows no provider. */
const ground = [
  'src/core/runtime.ts',
  'src/core/secrets/',
  'src/core/storage/',
  'src/core/keys/',
  'src/core/network/',
];
const providers = [
  'src/core/providers/provider.ts',
  'src/core/providers/notes.ts',
  'src/core/providers/writes-in-doubt.ts',
  'src/core/providers/check/',
  'src/core/providers/value-sizes.ts',
];
/** For stores that cannot refuse a stale write, and keep one secret for each variable. */
const detecting = [
  ...providers,
  'src/core/providers/entries.ts',
  'src/core/providers/overtaken.ts',
  'src/core/providers/read-each.ts',
];
const connections = [
  ...ground,
  'src/core/call.ts',
  'src/core/activity/',
  'src/core/audit/',
  'src/core/providers/provider.ts',
  'src/core/providers/notes.ts',
  'src/core/providers/registry.ts',
  'src/core/connections/',
];
const environments = [...connections, 'src/core/environments/'];

/** What every host may use besides its own folder. */
const host = [
  'src/shared/',
  'src/core/',
  'src/server/',
  'src/main/hosts/closing.ts',
  'src/main/hosts/report.ts',
  'src/main/hosts/core-process/',
];

/** @type {readonly Room[]} */
export const rooms = [
  // What both sides know
  { path: 'src/shared/', imports: [] },

  // The core, from the ground up
  { path: 'src/core/runtime.ts', imports: [] },
  { path: 'src/core/call.ts', imports: ['src/shared/'] },
  { path: 'src/core/secrets/', imports: ['src/shared/'] },
  {
    path: 'src/core/storage/',
    imports: ['src/shared/', 'src/core/secrets/', 'src/core/runtime.ts'],
    packages: ['libsql'],
  },
  {
    path: 'src/core/keys/',
    imports: ['src/shared/', 'src/core/storage/', 'src/core/secrets/', 'src/core/runtime.ts'],
    packages: ['keytar'],
  },
  {
    path: 'src/core/network/',
    imports: ['src/shared/', 'src/core/secrets/', 'src/core/runtime.ts'],
    packages: ['http'],
  },
  {
    path: 'src/core/audit/',
    imports: ['src/shared/', 'src/core/storage/', 'src/core/call.ts', 'src/core/runtime.ts'],
  },
  {
    path: 'src/core/activity/',
    imports: ['src/shared/', 'src/core/storage/', 'src/core/call.ts', 'src/core/audit/'],
  },
  {
    path: 'src/core/providers/provider.ts',
    imports: ['src/shared/', ...ground, 'src/core/providers/notes.ts'],
  },
  { path: 'src/core/providers/notes.ts', imports: ['src/shared/'] },
  { path: 'src/core/providers/registry.ts', imports: ['src/shared/', ...providers] },
  {
    path: 'src/core/providers/writes-in-doubt.ts',
    imports: ['src/shared/', 'src/core/secrets/', 'src/core/providers/provider.ts'],
  },
  {
    path: 'src/core/providers/check/',
    imports: ['src/shared/', ...ground, ...providers],
    packages: ['http'],
  },
  {
    path: 'src/core/providers/aws/',
    imports: ['src/shared/', ...ground, ...providers],
    packages: ['aws'],
  },
  {
    path: 'src/core/providers/aws-secrets-manager/',
    imports: ['src/shared/', ...ground, ...providers, 'src/core/providers/aws/'],
    packages: ['aws'],
  },
  {
    path: 'src/core/providers/entries.ts',
    imports: ['src/shared/', ...ground, ...providers],
  },
  {
    path: 'src/core/providers/read-each.ts',
    imports: ['src/shared/', ...ground, ...providers],
  },
  {
    path: 'src/core/providers/overtaken.ts',
    imports: ['src/shared/', ...ground, ...providers],
  },
  {
    path: 'src/core/providers/aws-parameter-store/',
    imports: ['src/shared/', ...ground, ...detecting, 'src/core/providers/aws/'],
    packages: ['aws'],
  },
  {
    path: 'src/core/providers/google-secret-manager/',
    imports: ['src/shared/', ...ground, ...detecting],
    packages: ['google'],
  },
  {
    path: 'src/core/providers/azure-key-vault/',
    imports: ['src/shared/', ...ground, ...detecting],
  },
  {
    path: 'src/core/providers/hashicorp-vault/',
    imports: ['src/shared/', ...ground, ...providers],
    packages: ['node-vault'],
  },
  { path: 'src/core/providers/local-vault/', imports: ['src/shared/', ...ground, ...providers] },
  { path: 'src/core/providers/plain-files/', imports: ['src/shared/', ...ground, ...providers] },
  { path: 'src/core/connections/', imports: ['src/shared/', ...connections] },
  { path: 'src/core/environments/', imports: ['src/shared/', ...environments] },
  { path: 'src/core/transfer/', imports: ['src/shared/', ...environments] },
  { path: 'src/core/workspaces/', imports: ['src/shared/', ...environments] },
  {
    path: 'src/core/references/',
    imports: ['src/shared/', ...environments, 'src/core/workspaces/'],
  },
  {
    path: 'src/core/declarative/',
    imports: ['src/shared/', ...environments, 'src/core/workspaces/', 'src/core/references/'],
  },
  {
    path: 'src/core/requests/',
    imports: ['src/shared/', ...environments, 'src/core/workspaces/', 'src/core/references/'],
    packages: ['http'],
  },
  {
    path: 'src/core/setup/',
    imports: [
      'src/shared/',
      ...environments,
      'src/core/workspaces/',
      'src/core/requests/grant-service.ts',
    ],
  },
  {
    path: 'src/core/clients/',
    imports: ['src/shared/', ...connections, 'src/core/references/', 'src/core/requests/'],
  },
  { path: 'src/core/compare/', imports: ['src/shared/', ...environments] },
  { path: 'src/core/generation/', imports: ['src/shared/', ...environments] },
  { path: 'src/core/search/', imports: ['src/shared/', ...environments] },
  {
    path: 'src/core/samples/',
    imports: ['src/shared/', ...environments, 'src/core/transfer/', 'src/core/workspaces/'],
  },
  { path: 'src/core/clipboard/', imports: ['src/shared/', 'src/core/runtime.ts'] },
  { path: 'src/core/notices/', imports: ['src/shared/'] },
  { path: 'src/core/preferences/', imports: ['src/shared/', 'src/core/storage/'] },
  { path: 'src/core/security/', imports: ['src/shared/', ...connections] },
  {
    path: 'src/core/updates/',
    imports: ['src/shared/', 'src/core/runtime.ts', 'src/core/network/'],
  },
  { path: 'src/core/core.ts', imports: ['src/shared/', 'src/core/'] },

  // The ways in
  { path: 'src/server/', imports: ['src/shared/', 'src/core/'], packages: ['orpc-server'] },
  {
    path: 'src/server/agent/connect.ts',
    // The library imports this file, so it must not reach the whole core.
    imports: [
      'src/shared/',
      'src/core/runtime.ts',
      'src/server/agent/channel.ts',
      'src/server/agent/endpoint.ts',
      'src/server/agent/handshake.ts',
    ],
    packages: ['http', 'orpc-client'],
  },
  {
    path: 'src/main/',
    imports: ['src/shared/', 'src/core/', 'src/server/', 'package.json'],
  },
  {
    path: 'src/main/index.ts',
    imports: ['src/shared/', 'src/core/', 'src/server/', 'src/main/'],
    packages: ['electron'],
  },
  {
    path: 'src/main/hosts/page-server.ts',
    imports: ['src/server/', 'src/main/hosts/report.ts'],
    packages: ['orpc-server'],
  },
  {
    path: 'src/main/hosts/desktop/',
    imports: [...host, 'src/main/hosts/renderer-files.ts', 'src/main/hosts/page-server.ts'],
    packages: ['electron', 'orpc-server'],
  },
  {
    path: 'src/main/hosts/browser/',
    imports: [...host, 'src/main/hosts/renderer-files.ts', 'src/main/hosts/page-server.ts'],
    packages: ['http', 'ws', 'orpc-server'],
  },
  { path: 'src/main/hosts/core-process/', imports: host },
  {
    path: 'src/main/browser-host.ts',
    imports: ['src/shared/', 'src/core/', 'src/main/'],
    packages: ['http'],
  },
  {
    path: 'src/main/hosts/serve/',
    imports: [...host, 'src/main/hosts/browser/rate-limit.ts'],
    packages: ['http', 'orpc-server', 'openapi'],
  },
  {
    path: 'src/main/hosts/agent/',
    imports: host,
    packages: ['http', 'orpc-server'],
  },
  {
    path: 'src/cli/',
    imports: ['src/shared/', 'src/core/', 'src/server/', 'package.json'],
    packages: ['http', 'orpc-server', 'terminal'],
  },
  {
    path: 'src/cli/mcp/',
    imports: ['src/shared/', 'src/core/', 'src/server/', 'src/cli/'],
    packages: ['mcp'],
  },
  {
    // One process has the core and serves it: a container ends it with one signal.
    path: 'src/cli/commands/serve.ts',
    imports: [
      'src/shared/',
      'src/core/',
      'src/server/',
      'src/main/open-core.ts',
      'src/main/hosts/serve/',
      'src/cli/',
    ],
    packages: ['orpc-server'],
  },
  {
    path: 'src/cli/commands/mcp.ts',
    imports: ['src/shared/', 'src/core/', 'src/server/', 'src/cli/'],
    packages: ['mcp'],
  },
  {
    path: 'src/cli/config/',
    imports: [
      'src/shared/',
      'src/core/secrets/',
      'src/core/network/until-aborted.ts',
      'src/core/references/outside.ts',
      'src/sdk/',
    ],
    packages: ['jiti'],
  },
  {
    path: 'src/sdk/',
    // Neither a keychain nor a database: a program that uses the library has no data directory.
    imports: [
      'src/shared/',
      'src/core/runtime.ts',
      'src/core/secrets/',
      'src/core/network/',
      'src/core/storage/files.ts',
      'src/core/storage/turns.ts',
      'src/core/storage/data-directory.ts',
      'src/core/providers/',
      'src/core/references/resolve.ts',
      // To connect to a running Strongroom.
      'src/server/agent/endpoint.ts',
      'src/server/agent/connect.ts',
      'package.json',
    ],
  },
  { path: 'src/preload/', imports: ['src/shared/'], packages: ['electron'] },

  // The window
  { path: 'src/renderer/', imports: ['src/shared/'], packages: ['window'] },
  {
    path: 'src/renderer/bridge/',
    imports: ['src/shared/'],
    packages: ['window', 'orpc-client'],
  },
  { path: 'src/renderer/lib/', imports: ['src/shared/'], packages: ['window'] },
  {
    path: 'src/renderer/components/',
    imports: ['src/shared/', 'src/renderer/lib/'],
    packages: ['window'],
  },
];

/** Packages that not every room may import, and what each group is called in `packages`. */
export const guarded = [
  { name: 'electron', matches: /^electron$/ },
  { name: 'ws', matches: /^ws$/ },
  { name: 'http', matches: /^(node:)?(https?|http2|net|tls|dns(\/promises)?)$/ },
  { name: 'libsql', matches: /^libsql(\/|$)/ },
  { name: 'keytar', matches: /^keytar$/ },
  { name: 'node-vault', matches: /^node-vault$/ },
  { name: 'aws', matches: /^@(aws-sdk|smithy)\// },
  { name: 'google', matches: /^(google-auth-library|gcp-metadata|gaxios)(\/|$)/ },
  { name: 'terminal', matches: /^(commander|@clack\/prompts)$/ },
  { name: 'openapi', matches: /^@orpc\/openapi(\/|$)/ },
  { name: 'mcp', matches: /^@modelcontextprotocol\/sdk(\/|$)/ },
  { name: 'jiti', matches: /^jiti$/ },
  { name: 'orpc-server', matches: /^@orpc\/server(\/|$)/ },
  { name: 'orpc-client', matches: /^@orpc\/client(\/|$)/ },
  {
    name: 'window',
    matches:
      /^(react(-dom)?|react-aria-components|react-aria|zustand|lucide-react|@codemirror|@lezer|@zxcvbn-ts)(\/|$)/,
  },
];

/** What the shared room may import besides itself. */
const SHARED_PACKAGES = /^(zod|yaml|@orpc\/contract)(\/|$)/;

const aliases = /^@(shared|core|server|main|cli|renderer|test)\//;

/** @param {string} file From the root of the repository. */
const roomOf = (file) =>
  rooms
    .filter(({ path }) => (path.endsWith('/') ? file.startsWith(path) : file === path))
    .toSorted((a, b) => b.path.length - a.path.length)[0];

/**
 * Resolves the folders of a relative path by hand: the rule has no file system to ask.
 *
 * @param {string} from The importing file.
 * @param {string} specifier Starts with a dot.
 */
function resolve(from, specifier) {
  const parts = from.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/**
 * Why a file may not import something; `undefined` if it may. Tests may import anything.
 *
 * @param {string} file The importing file, from the root of the repository.
 * @param {string} specifier As written in the import.
 * @returns {string | undefined}
 */
export function refusal(file, specifier) {
  if (specifier.startsWith('../../../')) {
    return 'Three levels up: use an alias such as @core or @renderer.';
  }
  const isTest = /\.test\.tsx?$/.test(file);
  const room = roomOf(file);
  if (room === undefined || isTest) return undefined;
  if (!specifier.startsWith('.') && !aliases.test(specifier)) {
    return packageRefusal(room, specifier);
  }
  const target = specifier.startsWith('.')
    ? resolve(file, specifier)
    : specifier.replace(aliases, (_, alias) => (alias === 'test' ? 'test/' : `src/${alias}/`));
  if (/^(test|e2e|bench|scripts)\//.test(target)) return 'Nothing in src imports test or e2e.';
  const isAllowed = [room.path, ...room.imports].some((path) => isBelow(target, path));
  if (isAllowed) return undefined;
  return `${room.path} may not import ${target}: see scripts/lint/rooms.mjs.`;
}

/**
 * @param {string} target A path without an ending, as imports have it.
 * @param {string} path Of a room, or of a folder that holds several.
 */
const isBelow = (target, path) =>
  `${target}/`.startsWith(path) || `${target}.ts` === path || target === path;

/**
 * @param {Room} room
 * @param {string} specifier
 */
function packageRefusal(room, specifier) {
  if (room.path === 'src/shared/' && !SHARED_PACKAGES.test(specifier)) {
    return 'shared imports only zod, yaml and the contract library.';
  }
  if (room.path.startsWith('src/renderer/') && specifier.startsWith('node:')) {
    return 'The window has no Node.';
  }
  const group = guarded.find(({ matches }) => matches.test(specifier));
  if (group === undefined || (room.packages ?? []).includes(group.name)) return undefined;
  return `${room.path} may not import ${specifier}: see scripts/lint/rooms.mjs.`;
}
