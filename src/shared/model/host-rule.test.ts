import { describe, expect, it } from 'vitest';
import { formatHostRule, matchHosts, parseHostRule } from './host-rule';

const normal = (text: string): string | undefined => {
  const rule = parseHostRule(text);
  return rule && formatHostRule(rule);
};

describe('a host of a grant', () => {
  it.each([
    ['api.example.com', 'api.example.com'],
    ['API.Example.com.', 'api.example.com'],
    ['https://api.example.com', 'api.example.com'],
    ['api.example.com:443', 'api.example.com'],
    ['api.example.com:8443/v1/', 'api.example.com:8443/v1'],
    ['*.example.com', '*.example.com'],
    ['http://printer.lan', 'http://printer.lan'],
    ['http://printer.lan:80/jobs', 'http://printer.lan/jobs'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['[::1]:8080', '[::1]:8080'],
    ['0x7f.1', '127.0.0.1'],
  ])('%s is kept as %s', (text, expected) => {
    expect(normal(text)).toBe(expected);
    expect(normal(expected)).toBe(expected);
  });

  it.each([
    '',
    '*',
    '*.com',
    '*.1.2.3.4',
    'api.*.com',
    'a*.example.com',
    '**.example.com',
    'user@example.com',
    'ftp://example.com',
    'example.com?x',
    'example.com#x',
    'example.com:0',
    'example.com:70000',
    'example.com/a/../b',
    'example.com/%2e%2e/b',
    'exa mple.com',
    String.raw`example.com\@evil.com`,
  ])('%j is none', (text) => {
    expect(parseHostRule(text)).toBeUndefined();
  });
});

describe('a URL', () => {
  const mismatch = (hosts: readonly string[], url: string): string | undefined =>
    matchHosts(
      hosts.map((text) => parseHostRule(text)!),
      new URL(url),
    ).mismatch;

  it.each([
    [['api.example.com'], 'https://api.example.com/x'],
    [['api.example.com'], 'https://API.EXAMPLE.COM.:443/'],
    [['*.example.com'], 'https://a.example.com/'],
    [['*.example.com'], 'https://a.b.example.com/'],
    [['api.example.com/v1'], 'https://api.example.com/v1'],
    [['api.example.com/v1'], 'https://api.example.com/v1/orders/group%2Fone'],
    [['http://printer.lan'], 'http://printer.lan/'],
    [['localhost:8080'], 'http://localhost:8080/'],
    [['127.0.0.1'], 'http://127.0.0.1/'],
  ])('%j allow %s', (hosts, url) => {
    expect(mismatch(hosts, url)).toBeUndefined();
  });

  it.each([
    [['api.example.com'], 'https://example.com/', 'host'],
    [['api.example.com'], 'https://api.example.com.evil.com/', 'host'],
    [['api.example.com'], 'https://evilapi.example.com/', 'host'],
    [['*.example.com'], 'https://example.com/', 'host'],
    [['*.example.com'], 'https://evilexample.com/', 'host'],
    [['api.example.com'], 'https://api.example.com:8443/', 'host'],
    [['api.example.com'], 'http://api.example.com/', 'scheme'],
    [['http://printer.lan'], 'https://printer.lan/', 'host'],
    [['api.example.com/v1'], 'https://api.example.com/v1beta', 'path'],
    [['api.example.com/v1'], 'https://api.example.com/v1/../admin', 'path'],
    [['api.example.com/v1'], 'https://api.example.com/v1/%2e%2e/admin', 'path'],
    [['api.example.com/v1'], 'https://api.example.com/v1/..%2fadmin', 'path'],
    [['api.example.com/v1'], 'https://api.example.com/v1/%252e%252e%252fadmin', 'path'],
    [['api.example.com/v1'], 'https://api.example.com/v1/..;/admin', 'path'],
    [['api.example.com/v1'], 'https://api.example.com/v1/..%5cadmin', 'path'],
  ])('%j do not allow %s: %s', (hosts, url, expected) => {
    expect(mismatch(hosts, url)).toBe(expected);
  });
});
