import { expect, it } from 'vitest';
import { networkDefaults } from '@shared/providers/facts/network';
import { findProxy, proxyText } from './proxy';

const target = new URL('https://vault.example.com');

it.each([
  ['http://proxy:3128', undefined],
  ['http://anna:secret@proxy:3128', 'anna:secret'],
  ['http://anna:p%40ss%3Aword@proxy:3128', 'anna:p@ss:word'],
  ['http://anna:100%@proxy:3128', 'anna:100%'],
])('takes user and password out of %s, and does not show them', async (address, login) => {
  const systemProxy = async () => ({ url: new URL(address), chosenBy: 'HTTPS_PROXY' });
  const settings = { values: networkDefaults, password: undefined };
  const proxy = await findProxy(settings, systemProxy, target);
  const header = proxy?.authorization?.reveal().replace(/^Basic /, '') ?? '';
  expect(Buffer.from(header, 'base64').toString()).toBe(login ?? '');
  expect(proxy && proxyText(proxy)).toBe('http://proxy:3128');
  expect(JSON.stringify(proxy)).not.toContain(header === '' ? 'anna' : header);
});
