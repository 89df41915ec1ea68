import { expect, it } from 'vitest';
import { chunkGroups, withoutForms, withRequires } from './chunks.mjs';

it('takes Node’s own modules, and packages in CommonJS, without importing them', () => {
  const code = [
    'import { a as string } from "./base.js";',
    'import fs, { join, resolve as at } from "node:path";',
    'import * as http from "node:http";',
    'import { createServer } from "node:http";',
    'import Database, { SqliteError } from "libsql";',
    'import { stringify } from "yaml";',
  ].join('\n');
  expect(withRequires(code)).toBe(
    [
      'import { createRequire as __requireFrom } from "node:module";',
      'const __required = __requireFrom(import.meta.url);',
      'import { a as string } from "./base.js";',
      'const fs = __required("node:path"); const { join, resolve: at } = __required("node:path");',
      'const http = __required("node:http");',
      'const { createServer } = __required("node:http");',
      'const Database = __required("libsql"); const { SqliteError } = __required("libsql");',
      'import { stringify } from "yaml";',
    ].join('\n'),
  );
});

it('answers for oRPC that no message is a form', () => {
  expect(withoutForms('if (!(data instanceof FormData)) return data;')).toBe(
    'if (!(false)) return data;',
  );
});

/** What each module imports at once, and later. */
const imports: Readonly<Record<string, readonly [now: string[], later?: string[]]>> = {
  '/src/cli/bin.ts': [[], ['/src/cli/program.ts']],
  '/src/cli/program.ts': [
    ['/src/shared/errors.ts', '/src/cli/tree.ts'],
    ['/src/cli/commands/run.ts', '/src/cli/commands/serve.ts'],
  ],
  '/src/cli/tree.ts': [[]],
  '/src/cli/commands/run.ts': [['/src/server/agent/connect.ts', '/src/core/dotenv.ts']],
  '/src/cli/commands/serve.ts': [['/src/core/lock.ts', '/src/core/own.ts']],
  '/src/server/agent/connect.ts': [['/src/shared/contract.ts', '/src/shared/errors.ts']],
  '/src/main/browser-core.ts': [['/src/core/core.ts']],
  '/src/main/browser-host.ts': [['/src/core/lock.ts']],
  '/src/core/core.ts': [
    ['/src/core/lock.ts', '/src/core/dotenv.ts', '/src/core/own.ts', '/src/shared/contract.ts'],
    ['/src/core/provider.ts'],
  ],
  '/src/core/own.ts': [['/src/shared/errors.ts']],
  '/src/core/lock.ts': [['libsql']],
  '/src/core/dotenv.ts': [[]],
  '/src/core/provider.ts': [[]],
  '/src/shared/contract.ts': [[]],
  '/src/shared/errors.ts': [[]],
};

it('puts a module into the file of what needs it, and of nothing else', () => {
  const graph = {
    getModuleInfo: (id: string) => {
      const [importedIds = [], dynamicallyImportedIds = []] = imports[id] ?? [];
      return { importedIds, dynamicallyImportedIds };
    },
  };
  const groups = chunkGroups([
    '/src/cli/bin.ts',
    '/src/main/browser-core.ts',
    '/src/main/browser-host.ts',
  ]);
  const files = Object.fromEntries(
    Object.keys(imports).map((id) => [
      id.replace(/^.*\/(.*)\.ts$/, '$1'),
      groups.map(({ name }) => name(id, graph)).find((name) => name !== null),
    ]),
  );
  expect(files).toEqual({
    bin: undefined,
    program: 'command',
    tree: 'command',
    run: undefined,
    serve: undefined,
    connect: 'connection',
    contract: 'connection',
    'browser-core': undefined,
    'browser-host': undefined,
    lock: 'host',
    dotenv: 'shared',
    core: 'core',
    own: 'core',
    // Loaded when it is first used.
    provider: undefined,
    errors: 'base',
  });
});
