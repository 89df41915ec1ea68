/**
 * What a vault asks for when it is called without a token: a tenant to sign in at, and a resource that the
 * token is for. Anybody can answer at an address, and a token for another service would be worth stealing. So
 * the resource must belong to the host of the vault, and the place to sign in must be one of Microsoft's. See
 * https://learn.microsoft.com/en-us/azure/key-vault/general/authentication-requests-and-responses
 */
import { AppError } from '@shared/errors';
import { endpointOf, isThisComputer } from '@core/network/endpoint';

export interface Challenge {
  /** `https://vault.azure.net`, without a slash at the end. */
  readonly resource: string;
  /** Scheme and host of the place to sign in: the person's own choice, else the vault's. */
  readonly authority: string;
  /** The id of the vault's tenant. */
  readonly tenant: string;
}

/** See https://learn.microsoft.com/en-us/entra/identity-platform/authentication-national-cloud */
const authorities: ReadonlySet<string> = new Set([
  'login.microsoftonline.com',
  'login.windows.net',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
]);

const parameter = (header: string, name: string): string | undefined =>
  new RegExp(`\\b${name}="?([^",]+)"?`, 'i').exec(header)?.[1];

/** The tenant goes into an address, and into the command line of `az`. */
const TENANT = /^[\w-]+(?:\.[\w-]+)*$/;

/** The resource goes into the command line of `az` too. */
const HOST = /^[\w.-]+$/;

/**
 * `authority` is where the person has chosen to sign in; empty if the vault is to say it. Throws
 * `UNEXPECTED_ANSWER` if this is no challenge of a key vault, `REQUEST_REFUSED` if it is a fake.
 */
export function readChallenge(
  header: string | undefined,
  vault: URL,
  authority: string,
): Challenge {
  const authorization = parameter(header ?? '', 'authorization(?:_uri)?');
  const resource = parameter(header ?? '', 'resource') ?? parameter(header ?? '', 'scope');
  if (
    authorization === undefined ||
    resource === undefined ||
    !URL.canParse(authorization) ||
    !URL.canParse(resource) ||
    !HOST.test(new URL(resource).hostname) ||
    !TENANT.test(tenantIn(new URL(authorization)))
  ) {
    throw new AppError('UNEXPECTED_ANSWER', {
      message: `${vault.hostname} does not answer as a key vault does.`,
      likelyCause: 'It is another service, or something in front of the vault answers.',
      hint: 'Check Key vault: the portal shows the Vault URI on the page of the vault.',
      details: { field: 'vault' },
    });
  }
  const { hostname } = new URL(resource);
  if (!belongs(hostname, vault)) {
    throw new AppError('REQUEST_REFUSED', {
      message: `${vault.hostname} asks for a token of ${hostname}, which it does not belong to. No token was sent.`,
      likelyCause: 'It is not a key vault, and collects tokens.',
      hint: 'Check Key vault: the portal shows the Vault URI on the page of the vault.',
      details: { field: 'vault' },
    });
  }
  const place = new URL(authorization);
  const isKnown = place.protocol === 'https:' && authorities.has(place.host);
  if (authority === '' && !isKnown && !isThisComputer(endpointOf(vault).host)) {
    throw new AppError('REQUEST_REFUSED', {
      message: `${vault.hostname} asks to sign in at ${place.hostname}, which is not one of Microsoft. Nothing was sent there.`,
      likelyCause: 'It is not a key vault, and collects credentials.',
      hint: 'Check Key vault. If this is a private cloud, enter its Authority.',
      details: { field: 'authority' },
    });
  }
  return {
    resource: new URL(resource).origin,
    authority: authority === '' ? place.origin : new URL(authority).origin,
    tenant: tenantIn(place),
  };
}

const tenantIn = (place: URL): string =>
  place.pathname.split('/').find((part) => part !== '') ?? '';

/** A resource has at least two labels, so that none is a suffix of every host. */
const belongs = (resource: string, { hostname }: URL): boolean =>
  resource === hostname || (resource.includes('.') && hostname.endsWith(`.${resource}`));
