/** The proxy that a target is reached through, if any: typed, the system's, or none. */
import { exceptionEntries, type NetworkValues } from '@shared/providers/network';
import { Secret } from '@core/secrets/secret';
import { authorityOf, endpointOf, type Endpoint } from './endpoint';
import { isException } from './exceptions';
import type { SystemProxy } from './system-proxy';

export interface Proxy extends Endpoint {
  /** What chose it, as a person knows it. */
  readonly chosenBy: string;
  /** The value of `Proxy-Authorization`, if there is a user. */
  readonly authorization: Secret | undefined;
}

/** `http://proxy:3128`, for people: without user and password. */
export const proxyText = (proxy: Proxy): string =>
  `${proxy.isTls ? 'https' : 'http'}://${authorityOf(proxy)}`;

const basic = (user: string, password: string): Secret | undefined =>
  user === '' && password === ''
    ? undefined
    : new Secret(`Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`);

/** A percent sign that encodes nothing is kept, as curl does it. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export interface ProxySettings {
  readonly values: NetworkValues;
  readonly password: Secret | undefined;
}

/** Throws `INVALID_CONFIGURATION` if the system asks for a proxy that cannot be used. */
export async function findProxy(
  { values, password }: ProxySettings,
  systemProxy: SystemProxy,
  target: URL,
): Promise<Proxy | undefined> {
  if (values.proxy === 'none') return undefined;
  if (values.proxy === 'typed') {
    if (isException(exceptionEntries(values.proxyExceptions), endpointOf(target))) return undefined;
    return {
      ...endpointOf(new URL(values.proxyUrl)),
      chosenBy: 'the settings of the connection',
      authorization: basic(values.proxyUser, password?.reveal() ?? ''),
    };
  }
  const found = await systemProxy(target);
  if (found === undefined) return undefined;
  const { url, chosenBy } = found;
  return {
    ...endpointOf(url),
    chosenBy,
    authorization: basic(decoded(url.username), decoded(url.password)),
  };
}
