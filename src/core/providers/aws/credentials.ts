/** Where the credentials of every call come from: those that are found, or a role assumed with them. */
import { AppError } from '@shared/errors';
import type { Expiry } from '@shared/model/connection';
import { isTemporaryKey } from '@shared/providers/facts/aws';
import type { Network } from '@core/network/network';
import { readBounded } from '@core/network/read-bounded';
import type { Secret } from '@core/secrets/secret';
import type { FoundCredentials } from './client';
import { findingPrograms } from './credential-process';
import { credentialsError } from './credentials-error';
import { expiryOf } from './expiry';
import type { ResolvedOptions } from './options';
import { assertCredentialFilesAnswer } from './own-files';
import { withProfileAdvice } from './profile-advice';
import { roleError } from './role-error';
import { endOfToken, keysOfRole, lastingToken } from './sso';
import type { AwsService } from './service';
import type { AwsSettings } from './settings';

/** What the SDK hands a provider of credentials: its client, and whether to find them again. */
interface Props {
  readonly callerClientConfig?: { readonly requestHandler?: object };
  readonly forceRefresh?: boolean;
}

/** CloudTrail shows it as who called. */
const SESSION_NAME = 'strongroom';

/** Milliseconds. Credentials that end sooner are found again, as the SDK does it. */
const EXPIRES_SOON = 5 * 60 * 1000;

export interface SourceParts {
  readonly service: Pick<AwsService, 'label'>;
  readonly settings: AwsSettings;
  readonly options: ResolvedOptions;
  readonly network: Network;
  /** The address of an STS that is asked instead of AWS's own. */
  readonly stsOverride: () => Promise<string | undefined>;
}

export class CredentialSource {
  #found: FoundCredentials | undefined;
  #expiry: Expiry | undefined;
  /** The newest one, if it was renewed. */
  #ssoToken: Secret | undefined;

  constructor(private readonly parts: SourceParts) {}

  /**
   * For the client, which remembers what it is given until shortly before that expires. Throws what
   * `credentialsError` and `roleError` give.
   */
  readonly provide = async (props: Props = {}): Promise<FoundCredentials> =>
    this.parts.settings.values.roleArn === '' ? this.#find(props) : this.#assumeRole(props);

  /** Those that a role is assumed with, or all there are. Remembered, for the role to be renewed. */
  async found(props: Props = {}): Promise<FoundCredentials> {
    if (this.#found === undefined || props.forceRefresh === true || !this.#lasts(this.#found)) {
      this.#found = undefined;
      this.#found = await this.#find(props);
    }
    return this.#found;
  }

  /** When the credentials that were found last end, or the sign-in that they come from. */
  get expiry(): Expiry | undefined {
    return this.#expiry;
  }

  #lasts({ expiration }: FoundCredentials): boolean {
    const now = this.parts.options.runtime.now();
    return expiration === undefined || expiration.getTime() - now > EXPIRES_SOON;
  }

  async #find(props: Props): Promise<FoundCredentials> {
    const { authentication, profile } = this.parts.settings.values;
    if (authentication === 'access-keys') return accessKeys(this.parts.settings.credentials);
    if (authentication === 'sso') return this.#findBySso();
    await assertCredentialFilesAnswer(this.parts.settings.values, this.parts.options.runtime.env);
    try {
      const { fromIni, fromNodeProviderChain } = await import('@aws-sdk/credential-providers');
      // IAM Identity Center and STS are reached the way that the secrets are.
      const { requestHandler } = props.callerClientConfig ?? {};
      const clientConfig = requestHandler === undefined ? {} : { requestHandler };
      // Only this profile: the whole chain would go on to an instance role if the name is mistyped.
      const find: (props: object) => Promise<FoundCredentials> =
        authentication === 'profile'
          ? fromIni({ profile, ignoreCache: true, clientConfig })
          : fromNodeProviderChain({ ignoreCache: true, clientConfig });
      const found = await findingPrograms(
        this.parts.options.runtime,
        this.parts.settings.values,
        () => find(props),
      );
      this.#expiry = await expiryOf(found, this.parts);
      return found;
    } catch (error) {
      const { settings, options } = this.parts;
      throw await withProfileAdvice(
        credentialsError(error, settings.values),
        settings.values,
        options.runtime.env,
      );
    }
  }

  async #findBySso(): Promise<FoundCredentials> {
    const { settings, options, network } = this.parts;
    const { values, credentials, exchange } = settings;
    const access = {
      values,
      network,
      runtime: options.runtime,
      deadlineMs: options.attemptTimeout,
    };
    // Its own: many calls wait for it, and the end of one of them must not lose the next token.
    const { signal } = new AbortController();
    const stored = this.#ssoToken ?? credentials['ssoToken'];
    const token = await lastingToken(access, stored, exchange, signal);
    this.#ssoToken = token;
    const found = await keysOfRole(access, token, signal);
    this.#expiry = { ...endOfToken(token), what: 'sign-in' };
    return found;
  }

  async #assumeRole(props: Props): Promise<FoundCredentials> {
    const { region, roleArn, externalId, authentication } = this.parts.settings.values;
    const masterCredentials = await this.found(props);
    const endpoint = await this.parts.stsOverride();
    const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
    const assume: (props: object) => Promise<FoundCredentials> = fromTemporaryCredentials({
      masterCredentials,
      params: {
        RoleArn: roleArn,
        RoleSessionName: SESSION_NAME,
        ...(externalId !== '' && { ExternalId: externalId }),
      },
      clientConfig: {
        region,
        // As for the secrets themselves: what is configured has been found already.
        ignoreConfiguredEndpointUrls: true,
        ...(endpoint !== undefined && { endpoint }),
        ...((endpoint !== undefined || authentication === 'access-keys') && {
          useFipsEndpoint: false,
          useDualstackEndpoint: false,
        }),
        retryMode: 'standard',
        maxAttempts: this.parts.options.maxAttempts,
        streamCollector: (body) => readBounded(body),
      },
    });
    try {
      // With it comes how the client reaches the network.
      return await assume(props);
    } catch (error) {
      throw roleError(error, this.parts.settings.values, this.parts.service);
    }
  }
}

/** Throws `CREDENTIALS_MISSING`. White space around a key comes along when it is pasted. */
function accessKeys(credentials: AwsSettings['credentials']): FoundCredentials {
  const entered = (field: 'accessKeyId' | 'secretAccessKey' | 'sessionToken'): string =>
    credentials[field]?.reveal().trim() ?? '';
  const need = (field: 'accessKeyId' | 'secretAccessKey', label: string): string => {
    const value = entered(field);
    if (value !== '') return value;
    throw new AppError('CREDENTIALS_MISSING', {
      message: `The ${label} has not been entered yet.`,
      details: { field },
    });
  };
  const accessKeyId = need('accessKeyId', 'Access Key ID');
  const secretAccessKey = need('secretAccessKey', 'Secret Access Key');
  const sessionToken = entered('sessionToken');
  if (sessionToken !== '') return { accessKeyId, secretAccessKey, sessionToken };
  if (isTemporaryKey(accessKeyId)) {
    throw new AppError('CREDENTIALS_MISSING', {
      message: 'A key that starts with ASIA is temporary, and of no use without its session token.',
      hint: 'Enter the Session Token that came with it, or use a key that starts with AKIA.',
      details: { field: 'sessionToken' },
    });
  }
  return { accessKeyId, secretAccessKey };
}
