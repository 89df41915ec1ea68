import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { licencesFile, listLicences } from './licences.mjs';

it('the page About lists what is shipped: npm run licences writes the list', () => {
  expect(JSON.parse(readFileSync(licencesFile, 'utf8'))).toEqual(listLicences());
});

it('names what the window and the core are made of, with a licence each', () => {
  const { packages, texts } = listLicences();
  const names = packages.map(({ name }) => name);
  for (const name of [
    'electron',
    'react',
    'react-aria-components',
    'libsql',
    'node-vault',
    'zod',
  ]) {
    expect(names).toContain(name);
  }
  for (const name of ['vitest', 'playwright', 'electron-builder', 'oxlint']) {
    expect(names).not.toContain(name);
  }
  expect(packages.filter(({ licence }) => licence === 'unknown')).toEqual([]);
  const react = packages.find(({ name }) => name === 'react');
  expect(texts[react?.text ?? -1]).toContain('Permission is hereby granted');
});
