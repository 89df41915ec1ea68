import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { dataDirectoryFrom, defaultDataDirectory } from './data-directory';

it.each([
  ['darwin', {}, '/home/ada/Library/Application Support/Strongroom'],
  ['win32', {}, '/home/ada/AppData/Roaming/Strongroom'],
  ['win32', { APPDATA: '/roaming' }, '/roaming/Strongroom'],
  ['linux', {}, '/home/ada/.local/share/strongroom'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/data/strongroom'],
  ['linux', { XDG_DATA_HOME: '/data', STRONGROOM_DATA_DIR: '/named' }, '/named'],
  ['linux', { STRONGROOM_DATA_DIR: '' }, '/home/ada/.local/share/strongroom'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ada/.local/share/strongroom'],
] as const)('the default on %s with %o is %s', (platform, env, expected) => {
  expect(defaultDataDirectory(env, platform, '/home/ada').replaceAll('\\', '/')).toBe(expected);
});

it('a path that was typed is taken from the current directory', () => {
  expect(dataDirectoryFrom('data', {})).toBe(resolve('data'));
});

it.each([undefined, ''])('%o means the default', (typed) => {
  expect(dataDirectoryFrom(typed, {})).toBe(defaultDataDirectory({}));
});
