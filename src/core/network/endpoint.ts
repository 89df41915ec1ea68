/** Where a URL leads. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

export function endpointOf(url: URL): Endpoint {
  const isTls = url.protocol === 'https:';
  return {
    // The brackets of an IPv6 address belong to the URL, not to the address.
    host: url.hostname.replaceAll(/^\[|\]$/g, ''),
    port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
    isTls,
  };
}

/** `host:port`, with the brackets that an IPv6 address needs. */
export const authorityOf = ({ host, port }: Pick<Endpoint, 'host' | 'port'>): string =>
  `${/^[^[].*:/.test(host) ? `[${host}]` : host}:${String(port)}`;

/** A name without the dot that may end it: `vault.example.com.` is the same host. */
export const serverName = (host: string): string => host.replace(/\.$/, '');

export const isThisComputer = (host: string): boolean =>
  /^(localhost|.+\.localhost|127(\.\d+){3}|::1)$/i.test(serverName(host));

/**
 * The same address by another scheme. Its port stays what it was, and is written out unless it is the
 * default of that scheme: `https://vault.test` becomes `http://vault.test:443`.
 */
export function withScheme(address: URL, scheme: 'http' | 'https'): string {
  const { host, port } = endpointOf(address);
  const path = address.pathname === '/' ? '' : address.pathname;
  return new URL(`${scheme}://${authorityOf({ host, port })}`).origin + path;
}
