/**
 * The one table of failures. Every error that can reach a person has a code here, with the sentence
 * they read and what to do about it; a thrower may put a more exact sentence in its place.
 */

interface ErrorText {
  readonly message: string;
  readonly hint: string;
}

export const errorTable = {
  // Network
  NAME_NOT_FOUND: {
    message: 'The server name could not be found.',
    hint: 'Check the spelling of the address, and that you are on the network or VPN it lives in.',
  },
  CONNECTION_REFUSED: {
    message: 'Nothing is listening at this address.',
    hint: 'Check the port, and that the server is running.',
  },
  HOST_UNREACHABLE: {
    message: 'The server could not be reached.',
    hint: 'Check your network connection, VPN and firewall.',
  },
  CONNECTION_RESET: {
    message: 'The connection was closed before the answer was complete.',
    hint: 'Try again. If it stays, a proxy or firewall between you and the server may be cutting it off.',
  },
  TIMED_OUT: {
    message: 'The server did not answer in time.',
    hint: 'Try again. If it stays, check the address and whether a firewall drops the connection.',
  },
  OFFLINE: {
    message: 'The server of the provider cannot be reached at the moment.',
    hint: 'What is in memory can be read and edited. Strongroom looks for the server by itself: save and pull when it is back. If it stays away, Test Connection says where the way ends.',
  },
  CANCELLED: {
    message: 'Cancelled.',
    hint: 'Start it again when you are ready.',
  },
  TLS_UNTRUSTED: {
    message: 'The certificate of this server is not trusted.',
    hint: 'Enter the certificate of the authority that issued it as CA certificate file, under “More ways to connect” in Settings → Vault. For a development server, Verify SSL can be turned off instead.',
  },
  TLS_EXPIRED: {
    message: 'The certificate of this server has expired or is not valid yet.',
    hint: 'Ask whoever runs the server to renew it, and check the clock of this computer.',
  },
  TLS_WRONG_NAME: {
    message: 'The certificate of this server was issued for another name.',
    hint: 'Use the name that stands in the certificate as the address.',
  },
  TLS_FAILED: {
    message: 'No secure connection could be made.',
    hint: 'Check whether this server speaks https at this port. A plain development server wants http://.',
  },
  TLS_OLD_VERSION: {
    message: 'This server speaks only versions of TLS that are no longer safe.',
    hint: 'Ask whoever runs it to allow TLS 1.2 or newer. Strongroom uses nothing older.',
  },
  TLS_CLIENT_CERTIFICATE: {
    message: 'This server demands a client certificate, or did not accept the one it was shown.',
    hint: 'Enter the file of one that it accepts as Client certificate file, under “More ways to connect” in Settings → Vault.',
  },
  PROXY_UNREACHABLE: {
    message: 'The proxy could not be reached.',
    hint: 'Check the address of the proxy, and that you are on the network it belongs to. Without it, choose None as Proxy under “More ways to connect”.',
  },
  PROXY_AUTHENTICATION: {
    message: 'The proxy wants a user and a password.',
    hint: 'Enter Proxy user and Proxy password under “More ways to connect” in Settings → Vault.',
  },
  PROXY_REFUSED: {
    message: 'The proxy does not let you through to this server.',
    hint: 'Ask whoever runs the proxy to allow this address and port, or add the server to the exceptions.',
  },
  HTTPS_EXPECTED: {
    message: 'This server speaks https, and the address says http.',
    hint: 'Change http:// to https:// in the address.',
  },
  UNEXPECTED_ANSWER: {
    message: 'Something answered, but not the service that was expected.',
    hint: 'Check the address and the port. A proxy or a login page may be answering in its place.',
  },
  RESPONSE_TOO_LARGE: {
    message: 'The answer of the server is larger than Strongroom accepts.',
    hint: 'Check the address. A secret can be at most 32 MiB.',
  },
  REDIRECTED: {
    message: 'The server redirects to another address.',
    hint: 'Enter the address it redirects to.',
  },

  // What a provider said
  AUTHENTICATION_FAILED: {
    message: 'The credentials were refused.',
    hint: 'Check them in Settings → Vault.',
  },
  TOKEN_INVALID: {
    message: 'The token is not valid, or has expired.',
    hint: 'Enter a fresh token in Settings → Vault.',
  },
  APPROLE_REFUSED: {
    message: 'The AppRole login was refused.',
    hint: 'Check Role ID and Secret ID. A Secret ID may be used up or expired, and an AppRole inside a namespace needs the Namespace field.',
  },
  CREDENTIALS_MISSING: {
    message: 'No credentials have been entered yet.',
    hint: 'Open Settings → Vault and fill them in.',
  },
  CREDENTIALS_EXPIRED: {
    message: 'The credentials have expired.',
    hint: 'Sign in again, or enter fresh ones.',
  },
  PROFILE_NOT_FOUND: {
    message: 'The profile was not found on this computer.',
    hint: 'Run “aws configure list-profiles” in a terminal to see the names there are.',
  },
  PROFILE_FAILED: {
    message: 'The profile could not be turned into credentials.',
    hint: 'Try “aws sts get-caller-identity --profile NAME” in a terminal: it uses the same settings.',
  },
  ROLE_REFUSED: {
    message: 'The role could not be assumed.',
    hint: 'Check Role ARN and External ID, and that the role’s trust policy allows these credentials.',
  },
  SSO_LOGIN_NEEDED: {
    message: 'The sign-in of this profile has lapsed.',
    hint: 'Run “aws sso login --profile NAME” in a terminal, then try again.',
  },
  KEY_ID_UNKNOWN: {
    message: 'AWS does not know this Access Key ID.',
    hint: 'Check it for a missing character, and that the key was not deleted or made in another partition.',
  },
  SIGNATURE_REFUSED: {
    message: 'AWS refused the signature.',
    hint: 'The Secret Access Key is most likely wrong. If it is right, check the clock of this computer.',
  },
  CLOCK_SKEWED: {
    message: 'The clock of this computer and the server’s differ too much.',
    hint: 'Set the clock of this computer, best by switching automatic time on.',
  },
  PERMISSION_DENIED: {
    message: 'The credentials are valid but do not permit this.',
    hint: 'Ask whoever administers the secrets for the permission, or use other credentials.',
  },
  ENGINE_NOT_FOUND: {
    message: 'There is no secrets engine at this path.',
    hint: 'Check Engine Path. Inside a namespace it starts with the namespace, as in admin/secret.',
  },
  ENGINE_NOT_KV: {
    message: 'The secrets engine at this path is not a KV engine.',
    hint: 'Choose the path of a KV engine.',
  },
  NOT_FOUND: {
    message: 'There is nothing at this path.',
    hint: 'It may have been moved or deleted. Pull again to see what is there now.',
  },
  SECRET_DELETED: {
    message: 'The newest version of this secret has been deleted.',
    hint: 'Restore an older version from its history, or write it anew.',
  },
  SCHEDULED_FOR_DELETION: {
    message: 'This secret is scheduled for deletion.',
    hint: 'Restore it before that day, or choose another path.',
  },
  CONFLICT: {
    message: 'Someone else changed this secret since it was read.',
    hint: 'Pull the newest version, then make the change again. Nothing was overwritten.',
  },
  ALREADY_EXISTS: {
    message: 'There is already a secret at this path.',
    hint: 'Choose another path, or pull the one that is there.',
  },
  NAME_NOT_ALLOWED: {
    message: 'The provider does not allow this name.',
    hint: 'Change the path.',
  },
  VALUE_TOO_LARGE: {
    message: 'The values are larger than the provider accepts.',
    hint: 'Move large values to a secret of their own.',
  },
  NUMBER_ROUNDED: {
    message: 'The provider would round a number.',
    hint: 'Keep it as text, in quotes, or write it with fewer digits.',
  },
  COPY_DIFFERS: {
    message: 'The two copies are not the same.',
    hint: 'Nothing was removed. Compare the two, and decide which one you want to keep.',
  },
  ENCRYPTION_FAILED: {
    message: 'The encryption key of this secret could not be used.',
    hint: 'Check that the KMS key is enabled and that your credentials may use it.',
  },
  RATE_LIMITED: {
    message: 'The server is refusing requests because there were too many.',
    hint: 'Wait a minute, then try again.',
  },
  SERVER_SEALED: {
    message: 'Vault is sealed.',
    hint: 'Whoever runs it has to unseal it. Nothing can be read until then.',
  },
  SERVER_NOT_INITIALIZED: {
    message: 'Vault has not been initialised.',
    hint: 'Whoever runs it has to initialise and unseal it.',
  },
  SERVER_STANDBY: {
    message: 'This Vault node cannot serve requests.',
    hint: 'Use the address of the active node or of the load balancer.',
  },
  SERVER_ERROR: {
    message: 'The server reports a fault of its own.',
    hint: 'Try again in a moment. If it stays, whoever runs the server can find it in its log.',
  },
  REQUEST_REFUSED: {
    message: 'The server refused the request.',
    hint: 'Look into the details, and check the settings in Settings → Vault.',
  },

  // Strongroom itself
  INVALID_CONFIGURATION: {
    message: 'The settings are not complete.',
    hint: 'Open Settings → Vault and mend the marked fields.',
  },
  INVALID_INPUT: {
    message: 'This cannot be accepted as it is.',
    hint: 'Change it and try again.',
  },
  NAME_TAKEN: {
    message: 'This name is already in use.',
    hint: 'Choose another.',
  },
  NO_SUCH_WORKSPACE: {
    message: 'This workspace no longer exists.',
    hint: 'It may have been deleted in another window. Choose another one at the top of the sidebar.',
  },
  NO_SUCH_ENVIRONMENT: {
    message: 'This environment no longer exists.',
    hint: 'It may have been deleted in another window. Choose another one in the sidebar.',
  },
  NO_SUCH_VARIABLE: {
    message: 'This variable no longer exists.',
    hint: 'The environment may have been pulled again since. Look at it as it is now.',
  },
  VALUES_NOT_LOADED: {
    message: 'The values of this environment are not in memory.',
    hint: 'Pull them from the provider.',
  },
  BINARY_VALUE: {
    message: 'This value is binary and cannot be shown as text.',
    hint: 'Use the tools of the provider to read it.',
  },
  INTERRUPTED: {
    message: 'This was broken off.',
    hint: 'Look at how things stand now, then start it again.',
  },
  ALREADY_RUNNING: {
    message: 'This is already running.',
    hint: 'Wait for it to end, or cancel it.',
  },
  KEY_CHOICE_NEEDED: {
    message: 'This computer has no keychain that Strongroom can use.',
    hint: 'Choose in Settings → Security: keep credentials only for this session, or protect them with a passphrase.',
  },
  KEY_LOCKED: {
    message: 'The stored credentials are locked.',
    hint: 'Enter your passphrase to unlock them.',
  },
  WRONG_PASSPHRASE: {
    message: 'This is not the passphrase.',
    hint: 'Try again. It cannot be recovered: without it, stored credentials have to be entered anew.',
  },
  KEYCHAIN_FAILED: {
    message: 'The keychain of this computer did not answer as expected.',
    hint: 'Unlock the keychain of your session and try again.',
  },
  KEY_MISSING: {
    message: 'The key that encrypts the stored credentials is no longer in the keychain.',
    hint: 'Enter the credentials again in Settings → Vault. Settings and environments are unharmed.',
  },
  CREDENTIALS_UNREADABLE: {
    message: 'The stored credentials cannot be decrypted.',
    hint: 'Enter them again in Settings → Vault.',
  },
  LOCAL_VAULT_UNREADABLE: {
    message: 'The local vault file cannot be read.',
    hint: 'It was left as it is. Restore it from a backup, or move it away to start an empty one.',
  },
  STORAGE_FAILED: {
    message: 'The data directory cannot be written.',
    hint: 'Check that the disk is not full and that the folder belongs to you.',
  },
  DATA_TOO_NEW: {
    message: 'The data directory was written by a newer version of Strongroom.',
    hint: 'Install the newest version, or choose another directory with --data-dir. Nothing was changed.',
  },
  DATA_DIRECTORY_IN_USE: {
    message: 'Strongroom is already running with this data directory.',
    hint: 'Use the window that is open, or choose another directory with --data-dir.',
  },
  INTERNAL: {
    message: 'Something went wrong inside Strongroom.',
    hint: 'Try again. If it stays, please report it with what you were doing.',
  },
} as const satisfies Record<string, ErrorText>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** Facts about a failure that are safe to show: never a body, a header or a value. */
export interface ErrorDetails {
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  readonly method?: string | undefined;
  readonly path?: string | undefined;
  /** What the server called the error, where that is a name and not a body, as `AccessDeniedException`. */
  readonly serverCode?: string | undefined;
  /** The form field that is at fault, where one is. */
  readonly field?: string | undefined;
  /** What that field was most likely meant to hold. Never a credential. */
  readonly suggestion?: string | undefined;
  /** Until when what was deleted can be brought back, in milliseconds since 1970. */
  readonly until?: number | undefined;
}

/** What of an error may cross to the window. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
  readonly details?: ErrorDetails | undefined;
}

export interface AppErrorOptions {
  /** Replaces the table's sentence where more is known. Must not hold a value or a provider's raw body. */
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
  readonly details?: ErrorDetails | undefined;
  readonly cause?: unknown;
}

/** An expected failure. Anything else that is thrown is a bug and shows as `INTERNAL`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly hint: string;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(
      options.message ?? errorTable[code].message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.hint = options.hint ?? errorTable[code].hint;
    this.details = options.details;
  }

  report(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      hint: this.hint,
      ...(this.details && { details: this.details }),
    };
  }
}

export const isAppError = (error: unknown, code?: ErrorCode): error is AppError =>
  error instanceof AppError && (code === undefined || error.code === code);

/** Turns whatever was thrown into what a person may see. */
export const toErrorReport = (error: unknown): ErrorReport =>
  (isAppError(error) ? error : new AppError('INTERNAL')).report();
