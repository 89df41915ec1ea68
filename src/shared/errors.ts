/**
 * The one table of failures. Every error that can reach a person has a code here, with what
 * happened, what it most likely means and what to do about it; a thrower may put more exact sentences in
 * their place.
 */

interface ErrorText {
  /** What happened. */
  readonly message: string;
  /** What it most likely means; absent where the message says all there is to say. */
  readonly cause?: string;
  /** What to do about it. */
  readonly hint: string;
}

export const errorTable = {
  // Network
  NAME_NOT_FOUND: {
    message: 'The server name could not be found.',
    cause: 'The address is misspelt, or its name is known only in another network.',
    hint: 'Check the spelling of the address, and that you are on the network or VPN it lives in.',
  },
  CONNECTION_REFUSED: {
    message: 'Nothing is listening at this address.',
    cause: 'The server has stopped, or it listens at another port.',
    hint: 'Check the port, and that the server is running.',
  },
  HOST_UNREACHABLE: {
    message: 'The server could not be reached.',
    cause: 'This computer has no network, or nothing leads from it to the server’s.',
    hint: 'Check your network connection, VPN and firewall.',
  },
  CONNECTION_RESET: {
    message: 'The connection was closed before the answer was complete.',
    cause: 'The server was restarted, or a proxy or firewall in between cut the connection off.',
    hint: 'Try again. If it stays, ask whoever runs the server or the network.',
  },
  TIMED_OUT: {
    message: 'The server did not answer in time.',
    cause: 'The server is overloaded, or a firewall drops the connection without a word.',
    hint: 'Try again. If it stays, check the address, and whether your network or VPN lets you through.',
  },
  OFFLINE: {
    message: 'The server of the provider cannot be reached at the moment.',
    cause: 'This computer has lost its network or VPN, or the server has stopped.',
    hint: 'What is in memory can be read and edited. Save and pull when it is back: Strongroom looks for it by itself.',
  },
  CANCELLED: {
    message: 'Cancelled.',
    hint: 'Start it again when you are ready.',
  },
  TLS_UNTRUSTED: {
    message: 'The certificate of this server is not trusted.',
    cause:
      'It was issued by an authority that this computer does not know, such as one of your company, or by the server itself.',
    hint: 'Enter the certificate of the authority that issued it as CA certificate file, under “More ways to connect” in Settings → Vault. For a development server, Verify SSL can be turned off instead.',
  },
  TLS_EXPIRED: {
    message: 'The certificate of this server has expired or is not valid yet.',
    cause: 'It was not renewed in time, or the clock of this computer is wrong.',
    hint: 'Ask whoever runs the server to renew it, and check the clock of this computer.',
  },
  TLS_WRONG_NAME: {
    message: 'The certificate of this server was issued for another name.',
    cause:
      'The address is an IP address or another name of this server, or it leads to another one.',
    hint: 'Use the name that stands in the certificate as the address.',
  },
  TLS_FAILED: {
    message: 'No secure connection could be made.',
    cause: 'What listens at this port speaks no https.',
    hint: 'Check whether this server speaks https at this port. A plain development server wants http://.',
  },
  TLS_OLD_VERSION: {
    message: 'This server speaks only versions of TLS that are no longer safe.',
    cause: 'Its software is old, or was set up for clients that are.',
    hint: 'Ask whoever runs it to allow TLS 1.2 or newer. Strongroom uses nothing older.',
  },
  TLS_CLIENT_CERTIFICATE: {
    message: 'This server demands a client certificate, or did not accept the one it was shown.',
    cause: 'It lets nobody in who does not prove by a certificate who they are (mutual TLS).',
    hint: 'Enter the file of one that it accepts as Client certificate file, under “More ways to connect” in Settings → Vault.',
  },
  PROXY_UNREACHABLE: {
    message: 'The proxy could not be reached.',
    cause: 'Its address is wrong, or it belongs to a network that you are not on.',
    hint: 'Check the address of the proxy, and your network or VPN. Without it, choose None as Proxy under “More ways to connect”.',
  },
  PROXY_AUTHENTICATION: {
    message: 'The proxy wants a user and a password.',
    cause: 'None were entered, or those that were are wrong.',
    hint: 'Enter Proxy user and Proxy password under “More ways to connect” in Settings → Vault.',
  },
  PROXY_REFUSED: {
    message: 'The proxy does not let you through to this server.',
    cause: 'Its rules do not name this address, or not this port.',
    hint: 'Ask whoever runs the proxy to allow this address and port, or add the server to the exceptions.',
  },
  HTTPS_EXPECTED: {
    message: 'This server speaks https, and the address says http.',
    hint: 'Change http:// to https:// in the address.',
  },
  UNEXPECTED_ANSWER: {
    message: 'Something answered, but not the service that was expected.',
    cause: 'A proxy, a login page or another program is answering in its place.',
    hint: 'Check the address and the port. Opened in a browser, the address shows who answers.',
  },
  RESPONSE_TOO_LARGE: {
    message: 'The answer of the server is larger than Strongroom accepts.',
    cause: 'Something else than the provider is answering.',
    hint: 'Check the address. A secret can be at most 32 MiB.',
  },
  REDIRECTED: {
    message: 'The server redirects to another address.',
    cause: 'The service has moved, or a login page stands in front of it.',
    hint: 'Enter the address it redirects to, if you trust it.',
  },

  // What a provider said
  AUTHENTICATION_FAILED: {
    message: 'The credentials were refused.',
    cause: 'They are incomplete or mistyped, or meant for another server.',
    hint: 'Check them in Settings → Vault.',
  },
  TOKEN_INVALID: {
    message: 'The token is not valid, or has expired.',
    cause: 'It was not copied whole, has run out or was revoked, or it belongs to another server.',
    hint: 'Enter a fresh token in Settings → Vault.',
  },
  APPROLE_REFUSED: {
    message: 'The AppRole login was refused.',
    cause: 'The Secret ID is used up, expired or mistyped, or the AppRole is in another namespace.',
    hint: 'Check Role ID and Secret ID. An AppRole inside a namespace needs the Namespace field.',
  },
  CREDENTIALS_MISSING: {
    message: 'No credentials have been entered yet.',
    hint: 'Open Settings → Vault and fill them in.',
  },
  CREDENTIALS_EXPIRED: {
    message: 'The credentials have expired.',
    cause: 'They were temporary, and their time is up.',
    hint: 'Sign in again, or enter fresh ones.',
  },
  PROFILE_NOT_FOUND: {
    message: 'The profile was not found on this computer.',
    cause:
      'Its name is misspelt, or it stands in other files than ~/.aws/config and ~/.aws/credentials.',
    hint: 'Run “aws configure list-profiles” in a terminal to see the names there are.',
  },
  PROFILE_FAILED: {
    message: 'The profile could not be turned into credentials.',
    cause: 'A setting of it is wrong, or something that it relies on is missing.',
    hint: 'Try “aws sts get-caller-identity --profile NAME” in a terminal: it uses the same settings.',
  },
  ROLE_REFUSED: {
    message: 'The role could not be assumed.',
    cause: 'Its trust policy does not name these credentials, or asks for another external ID.',
    hint: 'Check Role ARN and External ID, and that the role’s trust policy allows these credentials.',
  },
  SSO_LOGIN_NEEDED: {
    message: 'The sign-in of this profile has lapsed.',
    cause: 'A sign-in by IAM Identity Center lasts only some hours.',
    hint: 'Run “aws sso login --profile NAME” in a terminal, then try again.',
  },
  KEY_ID_UNKNOWN: {
    message: 'AWS does not know this Access Key ID.',
    cause:
      'It lacks a character, was deleted, or was made in another partition, such as that of China.',
    hint: 'Copy it again from where it was made, or make a new key in IAM.',
  },
  SIGNATURE_REFUSED: {
    message: 'AWS refused the signature.',
    cause: 'The Secret Access Key was mistyped or not copied whole.',
    hint: 'Enter the Secret Access Key again. If it is right, check the clock of this computer.',
  },
  CLOCK_SKEWED: {
    message: 'The clock of this computer and the server’s differ too much.',
    cause:
      'Automatic time is switched off on this computer, and a signature is only good for some minutes.',
    hint: 'Set the clock of this computer, best by switching automatic time on.',
  },
  PERMISSION_DENIED: {
    message: 'The credentials are valid but do not permit this.',
    cause: 'No policy of theirs allows it for this path.',
    hint: 'Ask whoever administers the secrets for the permission, or use other credentials.',
  },
  ENGINE_NOT_FOUND: {
    message: 'There is no secrets engine at this path.',
    cause: 'Engine Path is misspelt, or the engine is in a namespace.',
    hint: 'Check Engine Path. Inside a namespace it starts with the namespace, as in admin/secret.',
  },
  ENGINE_NOT_KV: {
    message: 'The secrets engine at this path is not a KV engine.',
    cause: 'It is an engine of another kind, such as transit or database.',
    hint: 'Choose the path of a KV engine.',
  },
  NOT_FOUND: {
    message: 'There is nothing at this path.',
    cause: 'It was moved or deleted, or was never there.',
    hint: 'Check the path, or pull again to see what is there now.',
  },
  SECRET_DELETED: {
    message: 'The newest version of this secret has been deleted.',
    cause: 'Somebody deleted it, here or with another tool. Older versions may still be there.',
    hint: 'Restore an older version from its history, or write it anew.',
  },
  SCHEDULED_FOR_DELETION: {
    message: 'This secret is scheduled for deletion.',
    cause: 'Somebody deleted it, and AWS keeps it for some days before it is gone.',
    hint: 'Restore it before that day, or choose another path.',
  },
  CONFLICT: {
    message: 'Someone else changed this secret since it was read.',
    hint: 'Pull the newest version, then make the change again. Nothing was overwritten.',
  },
  ALREADY_EXISTS: {
    message: 'There is already a secret at this path.',
    cause: 'Somebody else made it, or it is left from an earlier time.',
    hint: 'Choose another path, or pull the one that is there.',
  },
  NAME_NOT_ALLOWED: {
    message: 'The provider does not allow this name.',
    cause: 'It is too long, or has a character that the provider does not take.',
    hint: 'Change the path.',
  },
  VALUE_TOO_LARGE: {
    message: 'The values are larger than the provider accepts.',
    cause: 'AWS takes 64 KiB in one secret, and Vault about 1 MiB unless it is set up otherwise.',
    hint: 'Move large values to a secret of their own.',
  },
  NUMBER_ROUNDED: {
    message: 'The provider would round a number.',
    cause: 'It has more digits than the provider keeps.',
    hint: 'Keep it as text, in quotes, or write it with fewer digits.',
  },
  COPY_DIFFERS: {
    message: 'The two copies are not the same.',
    cause: 'Somebody changed one of them in the meantime.',
    hint: 'Nothing was removed. Compare the two, and decide which one you want to keep.',
  },
  ENCRYPTION_FAILED: {
    message: 'The encryption key of this secret could not be used.',
    cause:
      'The KMS key is disabled or about to be deleted, or its policy does not name your credentials.',
    hint: 'Check that the KMS key is enabled and that your credentials may use it.',
  },
  RATE_LIMITED: {
    message: 'The server is refusing requests because there were too many.',
    cause: 'Others who share its quota, or many requests at once, have used it up for the moment.',
    hint: 'Wait a minute, then try again.',
  },
  SERVER_SEALED: {
    message: 'Vault is sealed.',
    cause: 'It was restarted and not unsealed since, or somebody sealed it.',
    hint: 'Whoever runs it has to unseal it. Nothing can be read until then.',
  },
  SERVER_NOT_INITIALIZED: {
    message: 'Vault has not been initialised.',
    cause: 'It was installed, but not set up yet.',
    hint: 'Whoever runs it has to initialise and unseal it.',
  },
  SERVER_STANDBY: {
    message: 'This Vault node cannot serve requests.',
    cause: 'It is a standby that passes no requests on, or stands by for disasters.',
    hint: 'Use the address of the active node or of the load balancer.',
  },
  SERVER_ERROR: {
    message: 'The server reports a fault of its own.',
    cause: 'It is overloaded or being restarted, or its storage has failed.',
    hint: 'Try again in a moment. If it stays, whoever runs the server can find it in its log.',
  },
  REQUEST_REFUSED: {
    message: 'The server refused the request.',
    cause: 'A setting does not suit this server, or the server does not support what was asked.',
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
    cause: 'It was deleted in another window.',
    hint: 'Choose another one at the top of the sidebar.',
  },
  NO_SUCH_ENVIRONMENT: {
    message: 'This environment no longer exists.',
    cause: 'It was deleted in another window.',
    hint: 'Choose another one in the sidebar.',
  },
  NO_SUCH_VARIABLE: {
    message: 'This variable no longer exists.',
    cause: 'The environment was pulled or saved again since.',
    hint: 'Look at it as it is now.',
  },
  VALUES_NOT_LOADED: {
    message: 'The values of this environment are not in memory.',
    cause: 'They were not pulled yet, or Strongroom was locked or restarted since.',
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
    cause: 'No keychain service is installed or running, as on many servers and in containers.',
    hint: 'Choose in Settings → Security: keep credentials only for this session, or protect them with a passphrase.',
  },
  KEY_LOCKED: {
    message: 'The stored credentials are locked.',
    cause: 'Strongroom was started again, or locked.',
    hint: 'Enter your passphrase to unlock them.',
  },
  WRONG_PASSPHRASE: {
    message: 'This is not the passphrase.',
    cause: 'It was mistyped: Caps Lock or another keyboard layout may be on.',
    hint: 'Try again. It cannot be recovered: without it, stored credentials have to be entered anew.',
  },
  KEYCHAIN_FAILED: {
    message: 'The keychain of this computer did not answer as expected.',
    cause: 'It is locked, or access was refused when it asked.',
    hint: 'Unlock the keychain of your session and try again.',
  },
  KEY_MISSING: {
    message: 'The key that encrypts the stored credentials is no longer in the keychain.',
    cause: 'The keychain was reset, or the data directory comes from another computer.',
    hint: 'Enter the credentials again in Settings → Vault. Settings and environments are unharmed.',
  },
  CREDENTIALS_UNREADABLE: {
    message: 'The stored credentials cannot be decrypted.',
    cause: 'They were damaged, or encrypted with another key than the one in the keychain.',
    hint: 'Enter them again in Settings → Vault.',
  },
  LOCAL_VAULT_UNREADABLE: {
    message: 'The local vault file cannot be read.',
    cause: 'It was damaged, changed by another program, or encrypted with another key.',
    hint: 'It was left as it is. Restore it from a backup, or move it away to start an empty one.',
  },
  STORAGE_FAILED: {
    message: 'The data directory cannot be written.',
    cause: 'The disk is full, or the folder belongs to somebody else.',
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
    cause: 'A mistake in Strongroom, and not in your settings.',
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
  /** What it most likely means. */
  readonly cause?: string | undefined;
  readonly hint: string;
  readonly details?: ErrorDetails | undefined;
}

export interface AppErrorOptions {
  /**
   * Replaces the table's sentence where more is known, and drops its likely cause, which may no longer
   * fit. Must not hold a value or a provider's raw body.
   */
  readonly message?: string | undefined;
  /** Replaces the table's likely cause. */
  readonly likelyCause?: string | undefined;
  readonly hint?: string | undefined;
  readonly details?: ErrorDetails | undefined;
  readonly cause?: unknown;
}

/** An expected failure. Anything else that is thrown is a bug and shows as `INTERNAL`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** A sentence for a person; `cause` is the error that this one comes of. */
  readonly likelyCause: string | undefined;
  readonly hint: string;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    const known: ErrorText = errorTable[code];
    super(
      options.message ?? known.message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.likelyCause =
      options.likelyCause ?? (options.message === undefined ? known.cause : undefined);
    this.hint = options.hint ?? known.hint;
    this.details = options.details;
  }

  report(): ErrorReport {
    return {
      code: this.code,
      message: this.message,
      ...(this.likelyCause !== undefined && { cause: this.likelyCause }),
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
