/** Where a request may go: the URL against the hosts of a grant, and the addresses that its name leads to. */
import { lookup } from 'node:dns/promises';
import type { LookupAddress } from 'node:dns';
import type { AppError } from '@shared/errors';
import {
  hostOf,
  isLoopbackHost,
  matchHosts,
  parseHostRule,
  type HostMismatch,
  type HostRule,
} from '@shared/model/host-rule';
import { isAddressIn, parseIp, parseNetwork, reachOf, type IpNetwork } from '@shared/model/ip';
import type { GrantSettings } from '@shared/model/grant';
import { remembered } from '@shared/model/remembered';
import { refusal } from './refusals';

const LONGEST_URL = 16_384;

/** Reads the URL of a request. Throws `INVALID_INPUT`. */
export function parseTarget(text: string): URL {
  const refuse = (message: string, hint: string): AppError =>
    refusal('INVALID_INPUT', 'url', { message, hint, details: { field: 'url' } });
  // A URL would drop line breaks and tabs without a word.
  if (/[\p{Cc}\s\\]/u.test(text) || text.length > LONGEST_URL || !URL.canParse(text)) {
    throw refuse(
      'The address of the request is not valid.',
      'Write a whole address, such as https://api.example.com/orders, and encode spaces as %20.',
    );
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refuse('The address of the request is not one of https.', 'Write https:// before it.');
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse(
      'The address of the request holds a user or a password.',
      'Leave them out: the grant has the credential.',
    );
  }
  url.hash = '';
  return url;
}

const hostRulesOf = remembered(({ hosts }: GrantSettings): HostRule[] =>
  hosts.flatMap((text) => parseHostRule(text) ?? []),
);

/** Throws `HOST_NOT_GRANTED` or `PLAIN_HTTP_REFUSED` unless every one of the grants has the host of the URL. */
export function assertGranted(grants: readonly GrantSettings[], url: URL): void {
  for (const grant of grants) {
    const found = matchHosts(hostRulesOf(grant), url);
    if (found.rule === undefined) throw notGranted(found.mismatch, grant, url);
  }
}

function notGranted(mismatch: HostMismatch, { hosts }: GrantSettings, url: URL): AppError {
  if (mismatch === 'scheme') return refusal('PLAIN_HTTP_REFUSED', 'scheme');
  return refusal('HOST_NOT_GRANTED', mismatch, {
    message:
      mismatch === 'path'
        ? `The grant is for some paths of ${url.host} only.`
        : `The grant is not for ${url.host}.`,
    hint: `Its hosts are ${hosts.join(', ')}.`,
  });
}

export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/** As every other program of this computer finds addresses, its file of hosts included. */
export const systemResolve: Resolve = (host) => lookup(host, { all: true, verbatim: true });

/**
 * The addresses to dial for a URL. All of them are checked, against all grants. Throws `ADDRESS_REFUSED` if any may
 * not be reached, and what `resolve` throws.
 */
export function checkedAddresses(
  grants: readonly GrantSettings[],
  url: URL,
  resolve: Resolve,
): readonly LookupAddress[] | Promise<readonly LookupAddress[]> {
  const bare = bareHost(hostOf(url));
  const literal = parseIp(bare);
  return literal === undefined
    ? resolve(bare).then((found) => checked(grants, url, found))
    : checked(grants, url, [{ address: bare, family: literal.family }]);
}

const bareHost = (host: string): string => host.replaceAll(/^\[|\]$/g, '');

function checked(
  grants: readonly GrantSettings[],
  url: URL,
  found: readonly LookupAddress[],
): readonly LookupAddress[] {
  const host = hostOf(url);
  if (found.length === 0) throw refusal('NAME_NOT_FOUND', 'address');
  for (const grant of grants) {
    for (const { address } of found) {
      if (!mayReach(grant, host, address)) throw refusedAddress(url, address);
    }
  }
  // In one order, so that a kept connection to the same addresses is found again.
  return found.toSorted((a, b) => a.family - b.family || (a.address < b.address ? -1 : 1));
}

const networksOf = remembered(({ networks }: GrantSettings): IpNetwork[] =>
  networks.flatMap((text) => parseNetwork(text) ?? []),
);

function mayReach(grant: GrantSettings, host: string, address: string): boolean {
  const ip = parseIp(address.replace(/%.*$/, ''));
  if (ip === undefined) return false;
  const isNamed = (): boolean => {
    // A host that is an address names that address.
    const named = hostRulesOf(grant)
      .filter((rule) => rule.host === host)
      .flatMap((rule) => parseNetwork(bareHost(rule.host)) ?? []);
    return [...networksOf(grant), ...named].some((network) => isAddressIn(ip, network));
  };
  switch (reachOf(ip)) {
    case 'public':
      return true;
    case 'metadata':
    case 'never':
      return false;
    case 'loopback':
      return isLoopbackHost(host) || isNamed();
    case 'private':
      return isNamed();
  }
}

function refusedAddress(url: URL, address: string): AppError {
  const ip = parseIp(address.replace(/%.*$/, ''));
  const reach = ip === undefined ? 'never' : reachOf(ip);
  const where = {
    metadata: 'the metadata service of a cloud, which gives out credentials',
    never: 'an address that no request may reach',
    loopback: 'this computer',
    private: 'a private network',
    public: 'an address that the grant does not name',
  }[reach];
  return refusal('ADDRESS_REFUSED', 'address', {
    message: `${url.hostname} leads to ${address}: ${where}.`,
    ...(reach === 'metadata' || reach === 'never'
      ? { hint: 'Strongroom never sends a request there, whatever a grant says.' }
      : {
          hint: 'If the server is meant, allow its network in the grant with --allow-network.',
        }),
  });
}
