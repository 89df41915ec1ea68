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

export const isThisComputer = (host: string): boolean =>
  /^(localhost|.+\.localhost|127(\.\d+){3}|::1)$/i.test(host);
