/** The address of a caller that may be behind proxies. */
import { isAddressIn, parseIp, parseNetwork, type IpNetwork } from '@shared/model/ip';

/** Throws a `RangeError` for what is no address or network. */
export const networksOf = (texts: readonly string[]): IpNetwork[] =>
  texts.map((text) => {
    const network = parseNetwork(text);
    if (network === undefined) throw new RangeError(`${text} is no address or network.`);
    return network;
  });

const isTrusted = (address: string, trusted: readonly IpNetwork[]): boolean => {
  const ip = parseIp(address);
  return ip !== undefined && trusted.some((network) => isAddressIn(ip, network));
};

/** Without the prefix that a socket for both families gives to IPv4. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/**
 * Goes back from the connection through the trusted proxies: each adds to the right of X-Forwarded-For whom it answers.
 * What an untrusted caller wrote there is never believed.
 *
 * @param peer the address at the other end of the connection
 */
export function callerAddress(
  peer: string,
  forwarded: string | undefined,
  trusted: readonly IpNetwork[],
): string {
  let address = plain(peer);
  const hops = (forwarded ?? '').split(',').map((hop) => plain(hop.trim()));
  for (let hop = hops.pop(); hop !== undefined && isTrusted(address, trusted); hop = hops.pop()) {
    if (parseIp(hop) === undefined) break;
    address = hop;
  }
  return address;
}
