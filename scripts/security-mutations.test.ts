import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './lib/paths.mjs';
import { mutated } from './security/mutate.mjs';
import { mutations } from './security/mutations.mjs';
import { promisesIn, securityTests } from './security/promises.mjs';

it('every mutation applies: its text is in its file exactly once, and changes it', () => {
  for (const mutation of mutations) {
    const source = readFileSync(join(root, mutation.file), 'utf8');
    expect(mutated(source, mutation)).not.toBe(source);
  }
});

it('every mutation breaks promises of docs/security.md, under a name of its own', () => {
  for (const { test, promises } of mutations) {
    expect(promises).not.toEqual([]);
    expect(promisesIn(test)).toEqual(expect.arrayContaining([...promises]));
  }
  expect(new Set(mutations.map(({ what }) => what)).size).toBe(mutations.length);
});

it('every promise has a mutation that breaks it', () => {
  const broken = new Set(
    mutations.flatMap(({ test, promises }) => promises.map((promise) => `${test}: ${promise}`)),
  );
  const all = securityTests().flatMap((file) =>
    promisesIn(file).map((promise) => `${file}: ${promise}`),
  );
  expect(all.filter((promise) => !broken.has(promise))).toEqual([]);
});
