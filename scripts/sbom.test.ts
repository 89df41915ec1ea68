import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { billOfMaterials } from './sbom.mjs';

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly {
    readonly expression?: string;
    readonly license?: { readonly name: string };
  }[];
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

it('lists each shipped package once, with its licence and its hash', () => {
  const { components } = billOfMaterials() as { readonly components: readonly Component[] };
  const { packages } = JSON.parse(
    readFileSync('src/renderer/features/settings/about/licences.json', 'utf8'),
  ) as { readonly packages: readonly { readonly name: string; readonly version: string }[] };
  const names = components.map(({ name, version }) => `${name} ${version}`);
  expect(names.toSorted()).toEqual(
    packages.map(({ name, version }) => `${name} ${version}`).toSorted(),
  );
  expect(new Set(components.map(({ purl }) => purl)).size).toBe(components.length);
  for (const { name, licenses, hashes } of components) {
    expect([name, licenses[0]?.expression ?? licenses[0]?.license?.name ?? 'unknown']).not.toEqual([
      name,
      'unknown',
    ]);
    expect([name, hashes?.[0]?.alg, hashes?.[0]?.content.length]).toEqual([name, 'SHA-512', 128]);
  }
});

it('has no time and no random number: the same lockfile gives the same file', () => {
  expect(JSON.stringify(billOfMaterials())).toBe(JSON.stringify(billOfMaterials()));
  expect(JSON.stringify(billOfMaterials())).not.toMatch(/timestamp|serialNumber/);
});
