import { expect, it } from 'vitest';
import { callerAddress, networksOf } from './caller-address';

const proxies = networksOf(['127.0.0.1', '10.1.0.0/16', 'fd00::/8']);

it.each([
  ['that calls directly', '203.0.113.9', undefined, '203.0.113.9'],
  ['that calls directly and writes the header itself', '203.0.113.9', '10.1.0.1', '203.0.113.9'],
  ['behind a proxy', '127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['behind a proxy that is seen as IPv6', '::ffff:127.0.0.1', '203.0.113.9', '203.0.113.9'],
  ['behind two proxies', '127.0.0.1', '203.0.113.9, 10.1.2.3', '203.0.113.9'],
  ['behind a proxy with IPv6', 'fd00::1', '2001:db8::9', '2001:db8::9'],
  [
    'that writes addresses before the proxy does',
    '127.0.0.1',
    '6.6.6.6, 203.0.113.9',
    '203.0.113.9',
  ],
  ['that writes a trusted address before that', '10.1.0.1', '10.1.0.2, 6.6.6.6', '6.6.6.6'],
  ['that writes no address', '127.0.0.1', 'unknown', '127.0.0.1'],
  ['of which the proxy says nothing', '127.0.0.1', undefined, '127.0.0.1'],
  ['that is a trusted proxy itself', '127.0.0.1', '10.1.2.3', '10.1.2.3'],
])('finds the address of a caller %s', (_, peer, forwarded, address) => {
  expect(callerAddress(peer, forwarded, proxies)).toBe(address);
});

it('trusts nobody unless it was told to', () => {
  expect(callerAddress('127.0.0.1', '203.0.113.9', [])).toBe('127.0.0.1');
  expect(() => networksOf(['nginx'])).toThrow('nginx is no address or network.');
});
