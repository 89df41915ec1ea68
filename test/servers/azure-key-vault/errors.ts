/**
 * Errors in the words of Key Vault, as recorded in the test suites of the official clients and in the issues
 * of their users. The README lists the few that no record shows.
 */

export class KeyVaultError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly innerCode?: string,
  ) {
    super(message);
    this.name = innerCode ?? code;
  }
}

/** `{"error":{"code":…,"message":…,"innererror":{"code":…}}}` */
export const errorBody = ({ code, message, innerCode }: KeyVaultError): string =>
  JSON.stringify({
    error: {
      code,
      message,
      ...(innerCode === undefined ? {} : { innererror: { code: innerCode } }),
    },
  });

export const badParameter = (message: string): KeyVaultError =>
  new KeyVaultError(400, 'BadParameter', message);

/** For a value, content type or tag beyond its limit. The service does not say which. */
export const invalidProperty = (): KeyVaultError => badParameter('Property  has invalid value\r\n');

export const invalidName = (name: string): KeyVaultError =>
  badParameter(`The request URI contains an invalid name: ${name}`);

export const unknownVersion = (version: string): KeyVaultError =>
  badParameter(
    `The specified version (${version}) is not recognized. Consider using the latest supported version (2025-07-01).`,
  );

export const unauthorized = (message: string): KeyVaultError =>
  new KeyVaultError(401, 'Unauthorized', message);

export const forbidden = (message: string, innerCode?: string): KeyVaultError =>
  new KeyVaultError(403, 'Forbidden', message, innerCode);

export const secretDisabled = (): KeyVaultError =>
  forbidden('Operation get is not allowed on a disabled secret.', 'SecretDisabled');

/** The secret belongs to a certificate. */
export const managedByKeyVault = (operation: 'set' | 'update' | 'delete'): KeyVaultError =>
  forbidden(
    `Operation "${operation}" is not allowed as this object's lifetime is managed by Key Vault.`,
    'SecretManagedByKeyVault',
  );

export const purgeProtected = (vault: string): KeyVaultError =>
  forbidden(
    `Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will automatically purge it after the retention period has passed.\r\nVault: ${vault}`,
  );

export const secretNotFound = (name: string): KeyVaultError =>
  new KeyVaultError(
    404,
    'SecretNotFound',
    `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`,
  );

export const deletedSecretNotFound = (name: string): KeyVaultError =>
  new KeyVaultError(404, 'SecretNotFound', `Deleted Secret not found: ${name}`);

const conflict = (message: string, innerCode: string): KeyVaultError =>
  new KeyVaultError(409, 'Conflict', message, innerCode);

/** Refusals of a new version. */
export const nameIsDeleted = (name: string): KeyVaultError =>
  conflict(
    `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`,
    'ObjectIsDeletedButRecoverable',
  );

export const nameIsBeingDeleted = (name: string): KeyVaultError =>
  conflict(
    `Secret ${name} is currently being deleted and cannot be re-created; retry later.`,
    'ObjectIsBeingDeleted',
  );

export const nameIsBeingRecovered = (name: string): KeyVaultError =>
  conflict(
    `Secret ${name} is currently being recovered and cannot be re-created; retry later.`,
    'ObjectIsBeingRecovered',
  );

/** Refusals of a recovery or a purge. */
export const isBeingDeleted = (): KeyVaultError =>
  conflict('Secret is currently being deleted.', 'ObjectIsBeingDeleted');

export const isBeingRecovered = (): KeyVaultError =>
  conflict('Secret is currently being recovered.', 'ObjectIsBeingRecovered');

export const throttled = (): KeyVaultError =>
  new KeyVaultError(
    429,
    'Throttled',
    'Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached',
  );
