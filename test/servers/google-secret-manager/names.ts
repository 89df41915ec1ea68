/** Resource names and the paths of the API. Source: `google/cloud/secretmanager/v1/service.proto`. */
import { invalidArgument } from './errors';

export interface Target {
  /** Project id or number, as the caller gave it. */
  readonly project: string;
  /** Absent for the global service. */
  readonly location?: string | undefined;
  readonly secret?: string | undefined;
  /** A number, `latest` or an alias. */
  readonly version?: string | undefined;
}

export interface Route {
  readonly kind: 'secrets' | 'secret' | 'versions' | 'version' | 'locations' | 'location';
  /** What follows the last colon, as `addVersion`. */
  readonly verb: string | undefined;
  readonly target: Target;
}

const PARENT = String.raw`^projects/(?<project>[^/]+)(?:/locations/(?<location>[^/:]+))?`;

const ROUTES: readonly (readonly [Route['kind'], RegExp])[] = [
  ['locations', /^projects\/(?<project>[^/]+)\/locations$/],
  ['location', /^projects\/(?<project>[^/]+)\/locations\/(?<location>[^/:]+)$/],
  ['secrets', new RegExp(`${PARENT}/secrets$`)],
  ['secret', new RegExp(`${PARENT}/secrets/(?<secret>[^/:]+)(?::(?<verb>\\w+))?$`)],
  ['versions', new RegExp(`${PARENT}/secrets/(?<secret>[^/:]+)/versions$`)],
  [
    'version',
    new RegExp(
      `${PARENT}/secrets/(?<secret>[^/:]+)/versions/(?<version>[^/:]+)(?::(?<verb>\\w+))?$`,
    ),
  ],
];

/** `path` is decoded and without `/v1/`. Returns `undefined` if the API has no such path. */
export function routeOf(path: string): Route | undefined {
  for (const [kind, pattern] of ROUTES) {
    const groups = pattern.exec(path)?.groups;
    if (groups === undefined) continue;
    const { project = '', location, secret, version, verb } = groups;
    return { kind, verb, target: { project, location, secret, version } };
  }
  return undefined;
}

export function nameOf({ project, location, secret, version }: Target): string {
  const place = location === undefined ? '' : `/locations/${location}`;
  const id = secret === undefined ? '' : `/secrets/${secret}`;
  return `projects/${project}${place}${id}${version === undefined ? '' : `/versions/${version}`}`;
}

/** Throws INVALID_ARGUMENT. */
export function checkSecretId(id: string): void {
  if (/^[A-Za-z0-9_-]{1,255}$/.test(id)) return;
  throw invalidArgument(
    `The provided Secret ID [${id}] does not match the expected format [[a-zA-Z_0-9]+]`,
  );
}

/** Throws INVALID_ARGUMENT if a part of the name cannot exist. */
export function checkName(target: Target): void {
  const { secret, version } = target;
  const valid =
    (secret === undefined || /^[A-Za-z0-9_-]{1,255}$/.test(secret)) &&
    (version === undefined || /^(\d{1,18}|[A-Za-z][A-Za-z0-9_-]{0,62})$/.test(version));
  if (!valid) {
    throw invalidArgument(`Resource ID [${nameOf(target)}] is not in a valid format.`);
  }
}
