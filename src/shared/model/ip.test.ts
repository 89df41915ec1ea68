import { describe, expect, it } from 'vitest';
import { isAddressIn, parseIp, parseNetwork, reachOf, type Reach } from './ip';

const reach = (text: string): Reach | undefined => {
  const ip = parseIp(text);
  return ip && reachOf(ip);
};

describe('an address', () => {
  it.each([
    ['93.184.216.34', 'public'],
    ['2606:2800:220:1::1', 'public'],
    ['127.0.0.1', 'loopback'],
    ['127.9.9.9', 'loopback'],
    ['::1', 'loopback'],
    ['10.1.2.3', 'private'],
    ['172.31.255.255', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['fd12::1', 'private'],
    ['fe80::1', 'private'],
    ['169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['0.0.0.0', 'never'],
    ['::', 'never'],
    ['224.0.0.1', 'never'],
    ['255.255.255.255', 'never'],
    ['ff02::1', 'never'],
  ] as const)('%s is %s', (text, expected) => {
    expect(reach(text)).toBe(expected);
  });

  it.each([
    ['mapped', '::ffff:169.254.169.254', 'metadata'],
    ['mapped, in hexadecimal', '::ffff:a9fe:a9fe', 'metadata'],
    ['compatible', '::169.254.169.254', 'metadata'],
    ['translated', '::ffff:0:169.254.169.254', 'metadata'],
    ['NAT64', '64:ff9b::169.254.169.254', 'metadata'],
    ['NAT64 of a network', '64:ff9b:1::10.0.0.1', 'private'],
    ['6to4', '2002:a9fe:a9fe::1', 'metadata'],
    ['6to4 of this computer', '2002:7f00:1::', 'loopback'],
    ['Teredo, by its client', '2001:0:4136:e378:8000:63bf:5601:5601', 'metadata'],
    ['mapped loopback', '::ffff:127.0.0.1', 'loopback'],
    ['mapped public', '::ffff:93.184.216.34', 'public'],
  ] as const)('that is IPv4 inside IPv6 (%s): %s is %s', (_, text, expected) => {
    expect(reach(text)).toBe(expected);
  });

  it.each(['', '1.2.3', '1.2.3.256', '1.2.3.4.5', '::1::', 'g::1', '1:2:3:4:5:6:7', 'localhost'])(
    '%j is none',
    (text) => {
      expect(parseIp(text)).toBeUndefined();
    },
  );
});

describe('a network', () => {
  const contains = (network: string, address: string): boolean | undefined => {
    const [one, ip] = [parseNetwork(network), parseIp(address)];
    return one && ip && isAddressIn(ip, one);
  };

  it('contains the addresses that share its first bits', () => {
    expect(contains('10.0.0.0/8', '10.255.0.1')).toBe(true);
    expect(contains('10.0.0.0/8', '11.0.0.1')).toBe(false);
    expect(contains('192.168.1.77', '192.168.1.77')).toBe(true);
    expect(contains('fd00::/8', 'fd12::1')).toBe(true);
    expect(contains('10.0.0.0/8', '::ffff:10.1.1.1')).toBe(true);
    expect(contains('0.0.0.0/0', '2606::1')).toBe(false);
  });

  it.each(['10.0.0.0/33', 'fd00::/129', '10.0.0.0/', 'x/8', ''])('%j is none', (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });
});
