/**
 * Which servers are reached without a proxy: the rules of NO_PROXY as curl reads it, networks, and what the
 * exceptions of Windows know beside them: `*` anywhere in a name or address, and `<local>`.
 */
import { BlockList, isIP } from 'node:net';
import { serverName, type Endpoint } from './endpoint';

interface Entry {
  readonly name: string;
  readonly port: number | undefined;
}

/** `name`, `name:port`, `[::1]:port`; the colons of a bare IPv6 address are part of it. */
function parseEntry(text: string): Entry {
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? [];
  if (bracketed !== undefined) {
    return {
      name: bracketed,
      port: bracketedPort === undefined ? undefined : Number(bracketedPort),
    };
  }
  const [, name, port] = /^([^:]+):(\d+)$/.exec(text) ?? [];
  return name === undefined ? { name: text, port: undefined } : { name, port: Number(port) };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/');
  if (isIP(host) === 0 || isIP(address) === 0) return false;
  const prefix = Number(bits);
  if (!Number.isInteger(prefix) || prefix > (isIP(address) === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(address, prefix, familyOf(address));
  return list.check(host, familyOf(host));
}

function isSameAddress(host: string, address: string): boolean {
  const list = new BlockList();
  list.addAddress(address, familyOf(address));
  return list.check(host, familyOf(host));
}

/** A pattern with `*` for any characters, as in `10.*` and `*corp.example`. */
function fits(host: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(host);
}

function matches(entry: string, endpoint: Pick<Endpoint, 'host' | 'port'>): boolean {
  if (entry === '*') return true;
  // A dot at the end of a name, here or there, changes nothing.
  const host = serverName(endpoint.host).toLowerCase();
  if (entry.includes('/')) return isInNetwork(host, entry);
  if (entry.toLowerCase() === '<local>') return isIP(host) === 0 && !host.includes('.');
  const { name, port: only } = parseEntry(entry);
  if (only !== undefined && only !== endpoint.port) return false;
  if (isIP(name) !== 0) return isIP(host) !== 0 && isSameAddress(host, name);
  // With or without a dot or an asterisk in front, a name covers the names below it too.
  const bare = name.replace(/^\*?\./, '');
  const suffix = serverName(bare).toLowerCase();
  if (suffix.includes('*')) {
    return fits(host, suffix) || (bare !== name && fits(host, `*.${suffix}`));
  }
  return suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));
}

/** Whether one of the entries covers this host and port. An entry that makes no sense matches nothing. */
export const isException = (
  entries: readonly string[],
  endpoint: Pick<Endpoint, 'host' | 'port'>,
): boolean => entries.some((entry) => matches(entry, endpoint));
