import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../lib/paths.mjs';
import { refusal, rooms } from './rooms.mjs';

describe('the rooms', () => {
  it('are all there', () => {
    expect(rooms.map(({ path }) => path).filter((path) => !existsSync(join(root, path)))).toEqual(
      [],
    );
  });

  it('include every folder of the core and every provider', () => {
    const folders = ['src/core', 'src/core/providers'].flatMap((parent) =>
      readdirSync(join(root, parent), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => `${parent}/${name}/`),
    );
    const paths = new Set(rooms.map(({ path }) => path));
    expect(
      folders.filter((folder) => folder !== 'src/core/providers/' && !paths.has(folder)),
    ).toEqual([]);
  });

  it('form no circle', () => {
    const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
      if (seen.has(from)) return false;
      seen.add(from);
      const next = rooms.find(({ path }) => path === from)?.imports ?? [];
      return next.some((path) => path === to || reaches(path, to, seen));
    };
    const circular = rooms.filter(({ path, imports }) =>
      imports.some((each) => each !== path && reaches(each, path)),
    );
    expect(circular.map(({ path }) => path)).toEqual([]);
  });
});

describe('a wall', () => {
  it.each([
    ['src/core/environments/environment-service.ts', '@core/connections/connections'],
    ['src/core/environments/environment-service.ts', './turns'],
    ['src/core/providers/aws-secrets-manager/check/check.ts', '../../check/steps'],
    ['src/core/network/http.ts', 'node:https'],
    ['src/server/window/router.ts', '@core/core'],
    ['src/main/browser.ts', './hosts/browser/host'],
    ['src/sdk/provider-place.ts', '@core/providers/hashicorp-vault/factory'],
    ['src/renderer/features/pull/store.ts', '../../lib/format'],
    ['src/shared/contract/window/app.ts', '../../model/preferences'],
    ['src/shared/contract/window/app.ts', 'zod'],
    // A test may reach for anything.
    ['src/core/environments/environment-service.test.ts', '@test/support/core'],
  ])('lets %s import %s', (file, specifier) => {
    expect(refusal(file, specifier)).toBeUndefined();
  });

  it.each([
    ['upwards', 'src/core/secrets/secret.ts', '@core/environments/environment-service'],
    ['upwards by a relative path', 'src/core/secrets/secret.ts', '../environments/turns'],
    ['a contract', 'src/core/storage/open.ts', '@server/base'],
    ['the contract library', 'src/core/core.ts', '@orpc/server'],
    ['another provider', 'src/core/providers/local-vault/provider.ts', '../hashicorp-vault/paths'],
    ['http', 'src/core/connections/connections.ts', 'node:http'],
    ['electron', 'src/main/browser.ts', 'electron'],
    ['the database from the library', 'src/sdk/vaults.ts', '@core/storage/open'],
    ['the keychain from the library', 'src/sdk/vaults.ts', '@core/keys/key-store'],
    ['a host from the library', 'src/sdk/vaults.ts', '@main/open-core'],
    ['the core from the window', 'src/renderer/app/app.tsx', '@core/secrets/secret'],
    ['Node in the window', 'src/renderer/app/app.tsx', 'node:fs'],
    [
      'a feature from the design system',
      'src/renderer/components/button.tsx',
      '../features/help/store',
    ],
    ['anything else in shared', 'src/shared/errors.ts', 'node:fs'],
    ['a stand-in in the product', 'src/core/core.ts', '@test/servers/faults'],
    ['three levels up', 'src/renderer/features/settings/about/licences.tsx', '../../../lib/format'],
  ])('refuses %s: %s, %s', (_, file, specifier) => {
    expect(refusal(file, specifier)).toBeTypeOf('string');
  });
});
