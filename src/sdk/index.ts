/** What `strongroom/sdk` exports. */
import { systemRuntime } from '@core/runtime';
import type { Declaration, SecretManager } from './define';
import { requestsWith } from './requests';
import { createSecretManager, LazyVaults } from './secret-manager';
import type {
  CallOptions,
  GrantRequest,
  Vault,
  VaultOptions,
  Webhook,
  WebhookDefinition,
} from './types';
import { globalFetch, openVault } from './vault';
import { OpenPlaces } from './vaults';

export { declarationOf, defineConfig, external } from './define';
export type {
  Declaration,
  DeclaredClient,
  DeclaredGrant,
  DeclaredPolicy,
  External,
  SecretManager,
  StrongroomConfig,
} from './define';
export { isStrongroomError, StrongroomError } from './errors';
export type { ErrorCode, ErrorDetails, Remedy } from './errors';
export type * from './types';

const places = new OpenPlaces({
  runtime: systemRuntime,
  directory: () => process.cwd(),
  warn: (message) => {
    process.emitWarning(message, { type: 'StrongroomWarning' });
  },
});

/**
 * Opens a vault. The id has letters, digits, `-` and `_`, and 64 characters at most. The vault need not exist yet,
 * and no call is made. Throws a `StrongroomError`: `NAME_NOT_ALLOWED`, `INVALID_CONFIGURATION`,
 * `CREDENTIALS_MISSING`.
 */
export const vault = (id: string, options?: VaultOptions & CallOptions): Promise<Vault> =>
  openVault(places, id, options);

/**
 * Declares vaults and their secrets, so that `get` and `getAll` are checked against the declaration. Values are
 * read from where they live; those of the declaration are for `strongroom apply`.
 */
export const defineSecretManager = <const Declared extends Declaration>(
  declaration: Declared,
  options?: VaultOptions,
): SecretManager<Declared> => createSecretManager(places, declaration, options);

/** A request to send again and again, whose headers may refer to secrets of any vault. */
export function webhook<Args = void>(
  definition: WebhookDefinition<Args>,
  options: VaultOptions = {},
): Webhook<Args> {
  const vaults = new LazyVaults(places, options);
  return requestsWith({
    resolve: async (reference, signal) => (await vaults.get(signal)).resolve(reference, signal),
    send: options.fetch ?? globalFetch,
  }).webhook(definition);
}

/**
 * Makes a request with a grant of the Strongroom that runs on this computer, by the id or the name of the grant.
 * Strongroom adds the credential, which this program never gets. Resolves with the answer, whatever its status. Throws
 * a `StrongroomError`: the codes of the grant, with the rule that refused in `details.rule`, and those of the network.
 */
export async function request(grant: string, options: GrantRequest): Promise<Response> {
  const { requestWithGrant } = await import('./grant-request');
  return requestWithGrant({ runtime: systemRuntime, directory: process.cwd() }, grant, options);
}
