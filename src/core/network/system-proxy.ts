/** Which proxy this computer asks for, by its environment or by the settings that a host can read. */
import { AppError } from '@shared/errors';
import { exceptionEntries } from '@shared/providers/network';
import { endpointOf, isThisComputer } from './endpoint';
import { isException } from './exceptions';

export interface SystemProxyAnswer {
  /** Perhaps with user and password: never shown. */
  readonly url: URL;
  /** What chose it, as a person knows it: `HTTPS_PROXY`, `the settings of this computer`. */
  readonly chosenBy: string;
}

/** Throws `INVALID_CONFIGURATION` if the proxy that it asks for cannot be used. */
export type SystemProxy = (target: URL) => Promise<SystemProxyAnswer | undefined>;

const unusable = (chosenBy: string, what: string): AppError =>
  new AppError('INVALID_CONFIGURATION', {
    message: `The proxy of ${chosenBy} ${what}.`,
    hint: 'Choose another proxy, or None.',
    details: { field: 'proxy' },
  });

function parse(text: string, chosenBy: string): URL {
  const address = text.includes('://') ? text : `http://${text}`;
  if (!URL.canParse(address)) throw unusable(chosenBy, 'is not a valid address');
  const url = new URL(address);
  if (!/^https?:$/.test(url.protocol)) throw unusable(chosenBy, 'is no HTTP proxy');
  return url;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The first of these that is set, the lower case before the upper one, as curl does. */
function lookIn(
  environment: Environment,
  ...names: readonly string[]
): readonly [name: string, value: string] | undefined {
  for (const name of names.flatMap((one) => [one.toLowerCase(), one])) {
    const value = environment[name]?.trim() ?? '';
    if (value !== '') return [name, value];
  }
  return undefined;
}

/** HTTPS_PROXY, HTTP_PROXY and ALL_PROXY with NO_PROXY, in either case. Loopback is never sent to one. */
export const environmentProxy =
  (environment: Environment): SystemProxy =>
  async (target) => {
    const endpoint = endpointOf(target);
    if (isThisComputer(endpoint.host)) return undefined;
    const found = lookIn(environment, endpoint.isTls ? 'HTTPS_PROXY' : 'HTTP_PROXY', 'ALL_PROXY');
    if (found === undefined) return undefined;
    const [, exceptions = ''] = lookIn(environment, 'NO_PROXY') ?? [];
    if (isException(exceptionEntries(exceptions), endpoint)) return undefined;
    const [chosenBy, value] = found;
    return { url: parse(value, chosenBy), chosenBy };
  };

/**
 * The first proxy of an answer such as `PROXY proxy:3128; DIRECT`, in the form of a PAC file. Gives
 * `undefined` for a direct way.
 */
function parsePac(answer: string, chosenBy: string): URL | undefined {
  const ways = answer.split(';').map((way) => way.trim().split(/\s+/));
  for (const [kind = '', address = ''] of ways) {
    if (kind.toUpperCase() === 'DIRECT') return undefined;
    if (kind.toUpperCase() === 'PROXY') return parse(`http://${address}`, chosenBy);
    if (kind.toUpperCase() === 'HTTPS') return parse(`https://${address}`, chosenBy);
  }
  throw unusable(chosenBy, 'is no HTTP proxy');
}

/**
 * The settings of the operating system, as Chromium reads them. `resolve` is Electron's
 * `session.resolveProxy`, see https://www.electronjs.org/docs/latest/api/session#sesresolveproxyurl
 */
export const chromiumProxy =
  (resolve: (url: string) => Promise<string>): SystemProxy =>
  async (target) => {
    if (isThisComputer(endpointOf(target).host)) return undefined;
    const chosenBy = 'the settings of this computer';
    // The origin only: the path is nobody's business.
    const url = parsePac(await resolve(target.origin), chosenBy);
    return url === undefined ? undefined : { url, chosenBy };
  };

/** The environment if it mentions a proxy at all, else the settings of the system. */
export const environmentOr =
  (environment: Environment, otherwise: SystemProxy): SystemProxy =>
  (target) => {
    const says = lookIn(environment, 'HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY') !== undefined;
    return says ? environmentProxy(environment)(target) : otherwise(target);
  };
