/** `npm ci` must work on every system, with a lockfile that was written on any system. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const dependencies = z.record(z.string(), z.string()).default({});
const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        version: z.string().optional(),
        integrity: z.string().optional(),
        inBundle: z.boolean().default(false),
        dependencies,
        optionalDependencies: dependencies,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')));

/** The places where Node looks for a package that `from` requires. */
function placesOf(name: string, from: string): string[] {
  const places = [`node_modules/${name}`];
  for (let at = from; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    places.push(`${at}/node_modules/${name}`);
  }
  return places;
}

describe('the lockfile', () => {
  test('names every package of every system, so that it is complete for npm ci', () => {
    const missing = Object.entries(packages).flatMap(([from, { optionalDependencies }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !placesOf(name, from).some((place) => place in packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  test('has a version and a hash for each, those of other systems too', () => {
    // A bundled package is part of another one, whose hash covers it.
    const entries = Object.entries(packages).filter(
      ([place, { inBundle }]) => place !== '' && !inBundle,
    );
    expect(entries.length).toBeGreaterThan(100);
    const lacking = entries.filter(
      ([, { version, integrity }]) =>
        version === undefined || integrity?.startsWith('sha512-') !== true,
    );
    expect(lacking.map(([place]) => place)).toEqual([]);
  });
});
