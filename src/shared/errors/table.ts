/**
 * The one table of failures. Every error that can reach a person has a code here, with the facts that the
 * rules in `queries.ts` decide by, and with sentences for the person. The code that throws an error may
 * replace the sentences if it knows more.
 *
 * The sentences name no page or button of a host: the same error is shown in the window and in a terminal.
 */
import type { Remedy } from './remedy';

/** What a failure is about. The areas are the chapters of the guide's page of messages. */
export const errorAreas = [
  /** The server cannot be reached, the connection broke, or something else answered. */
  'network',
  'tls',
  'proxy',
  /** The server does not know who is asking, or no longer does. */
  'authentication',
  /** The server knows who is asking, and does not allow this. */
  'permission',
  /** The settings of the connection do not fit the server. */
  'configuration',
  /** The server itself: its state, its limits, and answers that fit no other area. */
  'server',
  /** One secret: its path, its name and its values. */
  'secret',
  /** What is kept on this computer: workspaces, environments and variables. */
  'workspace',
  /** A grant does not allow a request, or cannot be used. */
  'grant',
  /** What a person entered. */
  'input',
  /** Work that was ended from outside, or could not begin. */
  'run',
  /** The key that encrypts stored credentials. */
  'key',
  /** Files on this computer. */
  'storage',
  /** A mistake in Strongroom. */
  'internal',
] as const;

export type ErrorArea = (typeof errorAreas)[number];

/**
 * Whether the same request, sent again with nothing changed in Strongroom, can succeed:
 * - `no`: it fails until somebody changes something: a setting, a credential, the secret, the server.
 * - `at-once`: the cause was momentary. The next attempt can succeed straight away.
 * - `later`: the cause often passes by itself, such as an outage or a quota. Wait before the next attempt.
 *
 * This says nothing about whether a repeated write is safe: see `outcome`.
 */
export type Retryable = 'no' | 'at-once' | 'later';

/**
 * How far a failure reaches:
 * - `request`: it says nothing about other requests. They may succeed.
 * - `connection`: every other request over the same connection can be expected to fail alike.
 * - `run`: the work itself is over, because it was ended or has nothing left to work on.
 */
export type ErrorScope = 'request' | 'connection' | 'run';

export interface ErrorRow {
  readonly area: ErrorArea;
  readonly scope: ErrorScope;
  readonly retryable: Retryable;
  /**
   * `unknown` if the server may have carried out the request, for example a write whose answer was lost, and
   * `partial` if it has carried out a part of it. If it is absent, the server refused the request, or
   * Strongroom did before sending it.
   */
  readonly outcome?: 'unknown' | 'partial';
  /** What the path of the secret holds, if the failure says so and the caller expected something else. */
  readonly found?: 'missing' | 'deleted' | 'scheduled' | 'changed';
  /** What happened. */
  readonly message: string;
  /** The likely cause; absent if the message says everything. */
  readonly cause?: string;
  /** What to do about it. */
  readonly hint: string;
  /** Where a host can take the person to do it, if that is one place. */
  readonly remedy?: Remedy;
}

const address = { open: 'connection', field: 'address' } as const;
const connection = { open: 'connection' } as const;

export const errorTable = {
  NAME_NOT_FOUND: {
    area: 'network',
    scope: 'connection',
    retryable: 'later',
    message: 'The server name could not be found.',
    cause: 'The address is misspelt, or its name is known only in another network.',
    hint: 'Check the spelling of the address, and that you are on the network or VPN it belongs to.',
    remedy: address,
  },
  CONNECTION_REFUSED: {
    area: 'network',
    scope: 'connection',
    retryable: 'later',
    message: 'Nothing is listening at this address.',
    cause: 'The server has stopped, or it listens at another port.',
    hint: 'Check the port, and that the server is running.',
    remedy: address,
  },
  HOST_UNREACHABLE: {
    area: 'network',
    scope: 'connection',
    retryable: 'later',
    // The route may be lost while Strongroom waits for the answer.
    outcome: 'unknown',
    message: 'The server could not be reached.',
    cause: 'This computer has no network, or no route to the server’s network.',
    hint: 'Check your network connection, VPN and firewall.',
    remedy: address,
  },
  CONNECTION_RESET: {
    area: 'network',
    scope: 'connection',
    retryable: 'at-once',
    outcome: 'unknown',
    message: 'The connection was closed before the answer was complete.',
    cause: 'The server was restarted, or a proxy or firewall in between cut the connection off.',
    hint: 'Try again. If it keeps happening, ask the administrator of the server or the network.',
    remedy: address,
  },
  TIMED_OUT: {
    area: 'network',
    scope: 'connection',
    retryable: 'later',
    outcome: 'unknown',
    message: 'The server did not answer in time.',
    cause: 'The server is overloaded, or a firewall silently drops the connection.',
    hint: 'Try again. If it keeps happening, check the address, and whether your network or VPN lets you through.',
    remedy: address,
  },
  OFFLINE: {
    area: 'network',
    scope: 'run',
    retryable: 'later',
    outcome: 'unknown',
    message: 'The server of the provider cannot be reached at the moment.',
    cause: 'This computer has lost its network or VPN, or the server has stopped.',
    hint: 'Values in memory can still be read and edited. Strongroom keeps looking for the server: save and pull when it is back.',
  },
  HTTPS_EXPECTED: {
    area: 'network',
    scope: 'connection',
    retryable: 'no',
    message: 'This server uses HTTPS, but the address starts with http://.',
    hint: 'Change http:// to https:// in the address.',
    remedy: address,
  },
  UNEXPECTED_ANSWER: {
    area: 'network',
    scope: 'connection',
    retryable: 'no',
    outcome: 'unknown',
    message: 'Something answered, but not the service that was expected.',
    cause: 'A proxy, a login page or another program is answering in its place.',
    hint: 'Check the address and the port. Opened in a browser, the address shows who answers.',
    remedy: address,
  },
  RESPONSE_TOO_LARGE: {
    area: 'network',
    scope: 'request',
    retryable: 'no',
    outcome: 'unknown',
    message: 'The answer of the server is larger than Strongroom accepts.',
    cause: 'Something other than the provider is answering.',
    hint: 'Check the address. A secret can be at most 32 MiB.',
    remedy: address,
  },
  REDIRECTED: {
    area: 'network',
    scope: 'connection',
    retryable: 'no',
    message: 'The server redirects to another address.',
    cause: 'The address leads to a login page and not to the service, or the service has moved.',
    hint: 'Use an address that leads to the service itself, or ask the administrator of the proxy in front of it how programs get through.',
    remedy: address,
  },

  TLS_UNTRUSTED: {
    area: 'tls',
    scope: 'connection',
    retryable: 'no',
    message: 'The certificate of this server is not trusted.',
    cause:
      'It was issued by an authority that this computer does not know, such as one of your company, or by the server itself.',
    hint: 'Enter the certificate of the authority that issued it as CA certificate file. For a development server, Verify SSL can be turned off instead.',
    remedy: { open: 'connection', field: 'caFile' },
  },
  TLS_EXPIRED: {
    area: 'tls',
    scope: 'connection',
    retryable: 'no',
    message: 'The certificate of this server has expired or is not valid yet.',
    cause: 'It was not renewed in time, or the clock of this computer is wrong.',
    hint: 'Ask the administrator of the server to renew it, and check the clock of this computer.',
  },
  TLS_WRONG_NAME: {
    area: 'tls',
    scope: 'connection',
    retryable: 'no',
    message: 'The certificate of this server was issued for another name.',
    cause:
      'The address is an IP address or another name of this server, or it leads to another one.',
    hint: 'Use a name from the certificate as the address.',
    remedy: address,
  },
  TLS_FAILED: {
    area: 'tls',
    scope: 'connection',
    retryable: 'no',
    // It can also happen on a connection that was already secure.
    outcome: 'unknown',
    message: 'No secure connection could be made.',
    cause: 'The service on this port does not use HTTPS.',
    hint: 'Check whether the server uses HTTPS on this port. A development server often needs http://.',
    remedy: address,
  },
  TLS_OLD_VERSION: {
    area: 'tls',
    scope: 'connection',
    retryable: 'no',
    message: 'This server supports only versions of TLS that are no longer safe.',
    cause: 'Its software is old, or was set up for clients that are.',
    hint: 'Ask its administrator to allow TLS 1.2 or newer. Strongroom uses nothing older.',
  },
  TLS_CLIENT_CERTIFICATE: {
    area: 'tls',
    scope: 'connection',
    retryable: 'no',
    message: 'This server demands a client certificate, or did not accept the one it was shown.',
    cause: 'It accepts only clients that identify themselves by a certificate (mutual TLS).',
    hint: 'Enter the file of a certificate that it accepts as Client certificate file.',
    remedy: { open: 'connection', field: 'clientCertFile' },
  },

  PROXY_UNREACHABLE: {
    area: 'proxy',
    scope: 'connection',
    retryable: 'later',
    message: 'The proxy could not be reached.',
    cause: 'Its address is wrong, or it belongs to a network that you are not on.',
    hint: 'Check the address of the proxy, and your network or VPN. To connect without a proxy, set Proxy to None.',
    remedy: { open: 'connection', field: 'proxy' },
  },
  PROXY_AUTHENTICATION: {
    area: 'proxy',
    scope: 'connection',
    retryable: 'no',
    message: 'The proxy wants a user and a password.',
    cause: 'None were entered, or those that were are wrong.',
    hint: 'Enter Proxy user and Proxy password.',
    remedy: { open: 'connection', field: 'proxyUser' },
  },
  PROXY_REFUSED: {
    area: 'proxy',
    scope: 'connection',
    retryable: 'no',
    message: 'The proxy does not let you through to this server.',
    cause: 'Its rules do not allow this address or this port.',
    hint: 'Ask the administrator of the proxy to allow this address and port, or add the server to the exceptions.',
    remedy: { open: 'connection', field: 'proxyExceptions' },
  },

  AUTHENTICATION_FAILED: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'The credentials were refused.',
    cause: 'They are incomplete or mistyped, or belong to another server.',
    hint: 'Check them, and enter them again.',
    remedy: connection,
  },
  TOKEN_INVALID: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'The token is not valid, or has expired.',
    cause:
      'It was not copied whole, has run out or was revoked, or it belongs to another server or to other network addresses.',
    hint: 'Enter a fresh token.',
    remedy: { open: 'connection', field: 'token' },
  },
  APPROLE_REFUSED: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'The AppRole login was refused.',
    cause:
      'The Role ID or the Secret ID is mistyped, the Secret ID is used up or has expired, or the AppRole is in another namespace.',
    hint: 'Check Role ID and Secret ID. If both are as you were given them, ask for a new Secret ID. An AppRole inside a namespace needs the Namespace field.',
    remedy: { open: 'connection', field: 'secretId' },
  },
  LOGIN_REFUSED: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'The login was refused.',
    cause: 'The name, the password or the role is wrong, or the auth method is elsewhere.',
    hint: 'Check the fields below Authentication, and Auth mount and Namespace.',
    remedy: connection,
  },
  CREDENTIALS_MISSING: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'No credentials have been entered yet.',
    hint: 'Enter the credentials of the connection.',
    remedy: connection,
  },
  STORED_FOR_ANOTHER_ADDRESS: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'The stored credential belongs to another address.',
    cause:
      'The address was changed, or a setting that decides who could read what is sent there: certificate check, CA file, proxy or role. A credential is only sent where it was stored for.',
    hint: 'If the new settings are right, enter the credential again. If nobody you know changed them, do not: restore the old settings.',
    remedy: connection,
  },
  CREDENTIALS_EXPIRED: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'The credentials have expired.',
    cause: 'They were temporary, and their time is up.',
    hint: 'Sign in again, or enter fresh ones.',
    remedy: connection,
  },
  PROFILE_NOT_FOUND: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'The profile was not found on this computer.',
    cause:
      'Its name is misspelt, or it is in files other than ~/.aws/config and ~/.aws/credentials.',
    hint: 'Run “aws configure list-profiles” in a terminal to see the names there are.',
    remedy: { open: 'connection', field: 'profile' },
  },
  PROFILE_FAILED: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'The profile could not be turned into credentials.',
    cause: 'A setting of it is wrong, or something that it relies on is missing.',
    hint: 'Try “aws sts get-caller-identity --profile NAME” in a terminal: it uses the same settings.',
    remedy: { open: 'connection', field: 'profile' },
  },
  ROLE_REFUSED: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'The role could not be assumed.',
    cause: 'Its trust policy does not name these credentials, or asks for another external ID.',
    hint: 'Check Role ARN and External ID, and that the role’s trust policy allows these credentials.',
    remedy: { open: 'connection', field: 'roleArn' },
  },
  SSO_LOGIN_NEEDED: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'The sign-in of this profile has lapsed.',
    cause: 'A sign-in with IAM Identity Center lasts only some hours.',
    hint: 'Run “aws sso login --profile NAME” in a terminal, then try again.',
    remedy: { run: 'aws sso login --profile NAME' },
  },
  KEY_ID_UNKNOWN: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'AWS does not know this Access Key ID.',
    cause:
      'It lacks a character, was deleted, or was made in another partition, such as that of China.',
    hint: 'Copy it again from where it was made, or make a new key in IAM.',
    remedy: { open: 'connection', field: 'accessKeyId' },
  },
  SIGNATURE_REFUSED: {
    area: 'authentication',
    scope: 'connection',
    retryable: 'no',
    message: 'AWS refused the signature.',
    cause: 'The Secret Access Key was mistyped or not copied whole.',
    hint: 'Enter the Secret Access Key again. If it is right, check the clock of this computer.',
    remedy: { open: 'connection', field: 'secretAccessKey' },
  },

  PERMISSION_DENIED: {
    area: 'permission',
    scope: 'request',
    retryable: 'no',
    message: 'The credentials are valid but do not permit this.',
    cause: 'None of their policies allows it for this path.',
    hint: 'Ask the administrator of the secrets for the permission, or use other credentials.',
    remedy: connection,
  },
  ENCRYPTION_FAILED: {
    area: 'permission',
    scope: 'request',
    retryable: 'no',
    message: 'The encryption key of this secret could not be used.',
    cause:
      'The KMS key is disabled or about to be deleted, or its policy does not name your credentials.',
    hint: 'Check that the KMS key is enabled and that your credentials may use it.',
  },

  INVALID_CONFIGURATION: {
    area: 'configuration',
    scope: 'connection',
    retryable: 'no',
    message: 'The settings are not complete.',
    hint: 'Fix the settings of the connection.',
    remedy: connection,
  },
  ENGINE_NOT_FOUND: {
    area: 'configuration',
    scope: 'connection',
    retryable: 'no',
    message: 'There is no secrets engine at this path.',
    cause: 'Engine Path is misspelt, or the engine is in a namespace.',
    hint: 'Check Engine Path. Inside a namespace it starts with the namespace, as in admin/secret.',
    remedy: { open: 'connection', field: 'enginePath' },
  },
  ENGINE_NOT_KV: {
    area: 'configuration',
    scope: 'connection',
    retryable: 'no',
    message: 'The secrets engine at this path is not a KV engine.',
    cause: 'It is an engine of another kind, such as transit or database.',
    hint: 'Choose the path of a KV engine.',
    remedy: { open: 'connection', field: 'enginePath' },
  },

  RATE_LIMITED: {
    area: 'server',
    scope: 'request',
    retryable: 'later',
    message: 'The server is refusing requests because there were too many.',
    cause: 'Others who share its quota, or many requests at once, have used it up for the moment.',
    hint: 'Wait a minute, then try again.',
  },
  LISTING_ENDLESS: {
    area: 'server',
    scope: 'request',
    retryable: 'no',
    message: 'The list of secrets does not end.',
    cause:
      'The server, or something in front of it, gives the same pages or folders again and again.',
    hint: 'Check the address. If it is right, the administrator of the server can look at what it answers to list requests.',
    remedy: address,
  },
  SERVER_SEALED: {
    area: 'server',
    scope: 'connection',
    retryable: 'no',
    message: 'Vault is sealed.',
    cause: 'It was restarted and not unsealed since, or somebody sealed it.',
    hint: 'Its administrator has to unseal it. Nothing can be read until then.',
  },
  SERVER_NOT_INITIALIZED: {
    area: 'server',
    scope: 'connection',
    retryable: 'no',
    message: 'Vault has not been initialised.',
    cause: 'It was installed, but not set up yet.',
    hint: 'Its administrator has to initialise and unseal it.',
  },
  SERVER_STANDBY: {
    area: 'server',
    scope: 'connection',
    retryable: 'no',
    message: 'This Vault node cannot serve requests.',
    cause: 'It is a standby that forwards no requests, or a secondary for disaster recovery.',
    hint: 'Use the address of the active node or of the load balancer.',
    remedy: address,
  },
  SERVER_ERROR: {
    area: 'server',
    scope: 'request',
    retryable: 'later',
    outcome: 'unknown',
    message: 'The server reports an internal error.',
    cause: 'It is overloaded or being restarted, or its storage has failed.',
    hint: 'Try again in a moment. If it keeps happening, the administrator of the server can find the reason in its log.',
  },
  CLOCK_SKEWED: {
    // The server did not look at the credentials.
    area: 'server',
    scope: 'connection',
    retryable: 'no',
    message: 'The clock of this computer and the server’s differ too much.',
    cause:
      'Automatic time is switched off on this computer, and a signature is valid only for some minutes.',
    hint: 'Set the clock of this computer, best by switching automatic time on.',
  },
  REQUEST_REFUSED: {
    area: 'server',
    scope: 'request',
    retryable: 'no',
    message: 'The server refused the request.',
    cause: 'A setting does not suit this server, or the server does not support what was asked.',
    hint: 'Look at the details, and check the settings of the connection.',
    remedy: connection,
  },

  NOT_FOUND: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    found: 'missing',
    message: 'There is nothing at this path.',
    cause: 'It was moved or deleted, or was never there.',
    hint: 'Check the path, or pull again to see what is there now.',
    remedy: { do: 'pull' },
  },
  SECRET_DELETED: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    found: 'deleted',
    message: 'The newest version of this secret has been deleted.',
    cause: 'Somebody deleted it, here or with another tool. Older versions may still be there.',
    hint: 'Undelete it, roll back to an older version, or write it again.',
    remedy: { do: 'undelete' },
  },
  SCHEDULED_FOR_DELETION: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    found: 'scheduled',
    message: 'This secret is scheduled for deletion.',
    cause: 'Somebody deleted it, and AWS keeps it for some days before it is gone.',
    hint: 'Undelete it before that day, or choose another path.',
    remedy: { do: 'undelete' },
  },
  CONFLICT: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    found: 'changed',
    message: 'Someone else changed this secret since it was read.',
    hint: 'Pull the newest version, then make the change again. Nothing was overwritten.',
    remedy: { do: 'pull' },
  },
  PARTLY_WRITTEN: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    outcome: 'partial',
    message: 'Only some of the changes were written.',
    cause: 'A call failed after others had succeeded.',
    hint: 'Save again: only what is missing is sent.',
  },
  NO_SUCH_VERSION: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    message: 'The provider does not keep this version.',
    cause: 'The provider has discarded it, or the version never existed.',
    hint: 'The history of the environment lists the versions that exist.',
  },
  ALREADY_EXISTS: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    found: 'changed',
    message: 'There is already a secret at this path.',
    cause: 'Somebody else made it, or it is left from an earlier time.',
    hint: 'Choose another path, or pull the one that is there.',
  },
  NAME_NOT_ALLOWED: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    message: 'The provider does not allow this name.',
    cause: 'It is too long, or has a character that the provider does not take.',
    hint: 'Change the path.',
  },
  VALUE_TOO_LARGE: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    message: 'The values are larger than the provider accepts.',
    cause: 'AWS takes 64 KiB in one secret, and Vault about 1 MiB unless it is set up otherwise.',
    hint: 'Move large values to another secret.',
  },
  VALUE_OVER_LIMIT: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    message: 'A value is larger than the limit of 25 KB.',
    cause: 'The value is a file or a large list.',
    hint: 'Shorten the value, or keep it at a provider without this limit, such as HashiCorp Vault.',
  },
  NUMBER_ROUNDED: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    message: 'The provider would round a number.',
    cause: 'It has more digits than the provider keeps.',
    hint: 'Keep it as text, in quotes, or write it with fewer digits.',
  },
  BINARY_VALUE: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    message: 'This value is binary and cannot be shown as text.',
    hint: 'Use the tools of the provider to read it.',
  },
  COPY_DIFFERS: {
    area: 'secret',
    scope: 'request',
    retryable: 'no',
    message: 'The two copies are not the same.',
    cause: 'Somebody changed one of them in the meantime.',
    hint: 'Nothing was removed. Compare the two, and decide which one you want to keep.',
  },

  NO_SUCH_WORKSPACE: {
    area: 'workspace',
    scope: 'run',
    retryable: 'no',
    message: 'This workspace no longer exists.',
    cause: 'It was deleted in the meantime.',
    hint: 'Choose another workspace.',
    remedy: { open: 'workspaces' },
  },
  NO_SUCH_ENVIRONMENT: {
    area: 'workspace',
    scope: 'request',
    retryable: 'no',
    message: 'This environment no longer exists.',
    cause: 'It was deleted in the meantime.',
    hint: 'Choose another environment.',
    remedy: { open: 'environments' },
  },
  AMBIGUOUS_NAME: {
    area: 'workspace',
    scope: 'request',
    retryable: 'no',
    message: 'Several environments have this name.',
    cause: 'One was created here, and another was found at the provider.',
    hint: 'Rename one of them, or use an id in place of the name.',
    remedy: { open: 'environments' },
  },
  NO_SUCH_VARIABLE: {
    area: 'workspace',
    scope: 'request',
    retryable: 'no',
    message: 'This variable no longer exists.',
    cause: 'The environment was pulled or saved again since.',
    hint: 'Look at the environment as it is now.',
  },
  VALUES_NOT_LOADED: {
    area: 'workspace',
    scope: 'request',
    retryable: 'no',
    message: 'The values of this environment are not in memory.',
    cause: 'They were not pulled yet, or Strongroom was locked or restarted since.',
    hint: 'Pull them from the provider.',
    remedy: { do: 'pull' },
  },

  OWNED_BY_CONFIG: {
    area: 'workspace',
    scope: 'request',
    retryable: 'no',
    message: 'A configuration owns this environment.',
    cause: 'It was written by “strongroom apply”, and its mark says so.',
    hint: 'Change the configuration and apply it. Or release the environment, then change it: the next apply asks before it takes the environment over again.',
  },
  NOT_ADOPTED: {
    area: 'workspace',
    scope: 'request',
    retryable: 'no',
    message: 'The configuration does not own this vault.',
    cause: 'Somebody else made it, or it was released since the last apply.',
    hint: 'Adopt it with --adopt: from then on, the configuration decides what it holds.',
  },
  WOULD_DELETE_ALL: {
    area: 'workspace',
    scope: 'request',
    retryable: 'no',
    message: 'The configuration would delete everything that this vault holds.',
    cause: 'The secrets were left out of the configuration, or all of them were renamed.',
    hint: 'If that is intended, confirm it with --delete-all.',
  },

  VALUE_UNSET: {
    area: 'input',
    scope: 'request',
    retryable: 'no',
    message: 'A declared secret has no value.',
    cause: 'The environment variable that it reads is not set.',
    hint: 'Set the variable. To keep a value that somebody else sets, declare the secret as external; to delete it, remove its line. Nothing was changed.',
  },
  NO_SUCH_GRANT: {
    area: 'workspace',
    scope: 'request',
    retryable: 'no',
    message: 'There is no such grant.',
    cause: 'It was deleted, or its id or name is misspelt.',
    hint: 'List the grants to see their names and ids.',
  },
  NO_SUCH_CLIENT: {
    area: 'workspace',
    scope: 'request',
    retryable: 'no',
    message: 'There is no such client.',
    cause: 'It was revoked, or its name is misspelt.',
    hint: 'List the clients to see their names.',
  },

  GRANT_DISABLED: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'The grant is disabled.',
    hint: 'Enable it, or use another grant.',
  },
  GRANT_EXPIRED: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'The grant has expired.',
    hint: 'Give it a later end, or use another grant.',
  },
  GRANT_ENDED: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'The grant is a clone whose original no longer exists.',
    cause: 'The original was deleted. That ends all its clones.',
    hint: 'Clone another grant, or create one.',
  },
  GRANT_CHANGED: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'The grant was changed outside Strongroom.',
    cause:
      'Another program wrote into the database, or Strongroom started over with a new key since the grant was saved.',
    hint: 'Find out who can write to the data directory. Then delete the grant, and create it again.',
  },
  GRANT_INCOMPLETE: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'A secret of the grant is missing.',
    cause: 'It was kept only for a session that has ended, or the database was replaced.',
    hint: 'Enter it again with “grant rotate”.',
  },
  HOST_NOT_GRANTED: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'The grant is not for this address.',
    cause: 'The host, the port or the path is not among the hosts of the grant.',
    hint: 'Check the address, or add the host to the grant.',
  },
  PLAIN_HTTP_REFUSED: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'The request was not sent, because http would show the credential to the network.',
    hint: 'Use https. If the server has no TLS, name its host in the grant with http:// before it.',
  },
  ADDRESS_REFUSED: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'The name of the host leads to an address that the grant may not reach.',
    cause: 'It leads into a private network, to this computer, or to a service for metadata.',
    hint: 'If the server is in your own network, allow that network in the grant.',
  },
  REDIRECT_REFUSED: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    // The first request was sent.
    outcome: 'unknown',
    message: 'The server redirects to an address that the grant is not for.',
    hint: 'Nothing was sent there. Check the address of the request.',
  },
  HEADER_REFUSED: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'The request has a header that it may not have.',
    hint: 'Leave the header out.',
  },
  POLICY_REFUSED: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'The policy of the grant does not allow this request.',
    hint: 'Look at the policy of the grant.',
  },
  RATE_EXCEEDED: {
    area: 'grant',
    scope: 'request',
    retryable: 'later',
    message: 'The grant was used as often as its policy allows.',
    hint: 'Wait, then try again.',
  },
  APPROVAL_REFUSED: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'Nobody allowed this request.',
    hint: 'Ask the person at the window of Strongroom.',
  },
  REQUEST_TOO_LARGE: {
    area: 'grant',
    scope: 'request',
    retryable: 'no',
    message: 'The body of the request is too large.',
    hint: 'Send less at a time.',
  },

  INVALID_INPUT: {
    area: 'input',
    scope: 'request',
    retryable: 'no',
    message: 'This cannot be accepted as it is.',
    hint: 'Change it and try again.',
  },
  UNKNOWN_REFERENCE: {
    area: 'input',
    scope: 'request',
    retryable: 'no',
    message: 'A reference names a variable that does not exist.',
    cause: 'A name is misspelt, or the environment or the variable was renamed or deleted.',
    hint: 'Correct the name. A reference is written @ENV/NAME.',
  },
  REFERENCE_CYCLE: {
    area: 'input',
    scope: 'request',
    retryable: 'no',
    message: 'The references form a cycle, or the chain is too long.',
    cause: 'A variable refers to itself, perhaps through other variables.',
    hint: 'Replace one of these references with a value.',
  },
  NOT_EMPTY: {
    area: 'input',
    scope: 'request',
    retryable: 'no',
    message: 'This is not empty.',
    hint: 'Delete the content first, or choose to delete everything together.',
  },
  NAME_TAKEN: {
    area: 'input',
    scope: 'request',
    retryable: 'no',
    message: 'This name is already in use.',
    hint: 'Choose another.',
  },

  CANCELLED: {
    area: 'run',
    scope: 'run',
    retryable: 'at-once',
    outcome: 'unknown',
    message: 'Cancelled.',
    hint: 'Start it again when you are ready.',
  },
  INTERRUPTED: {
    area: 'run',
    scope: 'run',
    retryable: 'at-once',
    outcome: 'unknown',
    message: 'This was interrupted.',
    hint: 'Look at how things are now, then start it again.',
  },
  ALREADY_RUNNING: {
    area: 'run',
    scope: 'run',
    retryable: 'later',
    message: 'This is already running.',
    hint: 'Wait for it to end, or cancel it.',
  },
  VERSION_MISMATCH: {
    area: 'run',
    scope: 'run',
    retryable: 'no',
    message: 'This program and the running Strongroom have versions that do not work together.',
    cause: 'One of them was updated, and the other is still the old version.',
    hint: 'Update the older one. If they come from the same package, start Strongroom again.',
  },

  KEY_CHOICE_NEEDED: {
    area: 'key',
    scope: 'connection',
    retryable: 'no',
    message: 'This computer has no keychain that Strongroom can use.',
    cause: 'No keychain service is installed or running, as on many servers and in containers.',
    hint: 'Choose a passphrase that protects credentials, or have them forgotten when you quit.',
    remedy: { open: 'protection' },
  },
  KEY_LOCKED: {
    area: 'key',
    scope: 'connection',
    retryable: 'no',
    message: 'The stored credentials are locked.',
    cause: 'Strongroom was started again, or locked.',
    hint: 'Enter your passphrase or PIN to unlock them.',
    remedy: { do: 'unlock' },
  },
  LOCKED: {
    area: 'key',
    scope: 'run',
    retryable: 'no',
    message: 'Strongroom is locked.',
    cause: 'It was started again, or locked, and its passphrase has not been entered since.',
    hint: 'Unlock it with its passphrase.',
    remedy: { do: 'unlock' },
  },
  PASSPHRASE_NEEDED: {
    area: 'key',
    scope: 'run',
    retryable: 'no',
    message: 'The app is unlocked, but does not let programs use that.',
    cause: 'A program needs the passphrase for itself, unless the unlock of the app is shared.',
    hint: 'Give the passphrase, or run “strongroom unlock --share” once to share the unlock.',
    remedy: { run: 'strongroom unlock --share' },
  },
  WRONG_PASSPHRASE: {
    area: 'key',
    scope: 'request',
    retryable: 'no',
    message: 'This is not the passphrase.',
    cause: 'It was mistyped: Caps Lock or another keyboard layout may be on.',
    hint: 'Enter it again. It cannot be recovered: without it, stored credentials have to be entered again.',
  },
  UNLOCK_PAUSED: {
    area: 'key',
    scope: 'request',
    retryable: 'later',
    message: 'Too many wrong PINs. Wait before you try again.',
    cause: 'Somebody guessed the PIN, so each further attempt has to wait longer.',
    hint: 'If you forgot the PIN, start over with a new key.',
    remedy: { open: 'protection' },
  },
  KEYCHAIN_FAILED: {
    area: 'key',
    scope: 'connection',
    retryable: 'no',
    message: 'The keychain of this computer did not answer as expected.',
    cause: 'It is locked, or access was refused when it asked.',
    hint: 'Unlock the keychain of your session and try again.',
  },
  KEY_MISSING: {
    area: 'key',
    scope: 'connection',
    retryable: 'no',
    message: 'The key that encrypts the stored credentials is no longer in the keychain.',
    cause: 'The keychain was reset, or the data directory comes from another computer.',
    hint: 'Restore the keychain if you can. Otherwise start over with a new key, and enter the credentials again. Without the old key, variables of this computer and the local vault stay unreadable. Synced environments are not affected.',
    remedy: { open: 'protection' },
  },

  CREDENTIALS_UNREADABLE: {
    area: 'storage',
    scope: 'connection',
    retryable: 'no',
    message: 'The stored credentials cannot be decrypted.',
    cause: 'They were damaged, or encrypted with another key.',
    hint: 'Enter the credentials again.',
    remedy: connection,
  },
  LOCAL_VAULT_UNREADABLE: {
    area: 'storage',
    scope: 'connection',
    retryable: 'no',
    message: 'The local vault file cannot be read.',
    cause: 'It was damaged, changed by another program, or encrypted with another key.',
    hint: 'It was left as it is. Restore it from a backup, or move it away to start an empty one.',
  },
  STORAGE_FAILED: {
    area: 'storage',
    scope: 'connection',
    retryable: 'no',
    message: 'The data directory cannot be written.',
    cause: 'The disk is full, or the folder belongs to somebody else.',
    hint: 'Check that the disk is not full and that the folder belongs to you.',
  },
  DATA_TOO_NEW: {
    area: 'storage',
    scope: 'connection',
    retryable: 'no',
    message: 'The data directory was written by a newer version of Strongroom.',
    hint: 'Install the newest version, or choose another directory with --data-dir. Nothing was changed.',
  },
  DATA_DIRECTORY_IN_USE: {
    area: 'storage',
    scope: 'run',
    retryable: 'later',
    message: 'Strongroom is already running with this data directory.',
    hint: 'Use the one that is running, or choose another directory with --data-dir.',
  },

  INTERNAL: {
    area: 'internal',
    scope: 'request',
    retryable: 'at-once',
    outcome: 'unknown',
    message: 'Something went wrong inside Strongroom.',
    cause: 'A mistake in Strongroom, and not in your settings.',
    hint: 'Try again. If it keeps happening, please report it and say what you were doing.',
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

export const errorCodes = Object.keys(errorTable) as [ErrorCode, ...ErrorCode[]];

/** The row of a code, with its optional columns, which the narrow type of the table does not have. */
export const rowOf = (code: ErrorCode): ErrorRow => errorTable[code];
