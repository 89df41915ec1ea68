/**
 * Finds credentials for Google Cloud and turns them into access tokens, with Google's own library. The order
 * of Application Default Credentials is that of
 * https://cloud.google.com/docs/authentication/application-default-credentials.
 */
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { AuthClient, ExternalAccountClientOptions } from 'google-auth-library';
import { z } from 'zod';
import { AppError } from '@shared/errors';
import type { GoogleSecretManagerValues } from '@shared/providers/google-secret-manager';
import type { HttpClient } from '@core/network/http';
import type { Runtime } from '@core/runtime';
import { Secret } from '@core/secrets/secret';
import type { ProviderSettings } from '../provider';
import { readNamedFile } from '@core/network/named-file';
import { tokenError } from './token-error';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** Seconds. A token of an impersonated account lasts an hour at most by default. */
const LIFETIME = 3600;

/** Milliseconds. A token that ends sooner is replaced. */
const EARLY = 60_000;

export interface FoundGoogleCredentials {
  /** Where they came from, as a person would say it. */
  readonly source: string;
  /** Whose they are, if they say. */
  readonly account: string | undefined;
  /** The project that calls count against, if they name one. */
  readonly quotaProject: string | undefined;
  readonly client: AuthClient;
}

/** The kinds of credentials that a file may hold, as far as this provider looks into them. */
const credentialsSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('service_account'),
    client_email: z.string(),
    private_key: z.string(),
    private_key_id: z.string().optional(),
    quota_project_id: z.string().optional(),
    token_uri: z.string().optional(),
  }),
  z.object({
    type: z.literal('authorized_user'),
    client_id: z.string(),
    client_secret: z.string(),
    refresh_token: z.string(),
    quota_project_id: z.string().optional(),
    token_uri: z.string().optional(),
  }),
  z.looseObject({
    type: z.literal('external_account'),
    quota_project_id: z.string().optional(),
  }),
  z.looseObject({
    type: z.literal('impersonated_service_account'),
    service_account_impersonation_url: z.string(),
    source_credentials: z.unknown(),
    quota_project_id: z.string().optional(),
  }),
]);
type CredentialsFile = z.infer<typeof credentialsSchema>;

/** Where Google’s library asks for tokens, whatever a file says. */
const TOKEN_URL = 'https://oauth2.googleapis.com/token';

export interface CredentialsParts {
  readonly settings: ProviderSettings<GoogleSecretManagerValues>;
  readonly http: HttpClient;
  readonly runtime: Runtime;
}

export class GoogleCredentials {
  readonly #parts: CredentialsParts;
  #found: Promise<FoundGoogleCredentials> | undefined;
  #token: { readonly text: Secret; readonly endsAt: number } | undefined;

  constructor(parts: CredentialsParts) {
    this.#parts = parts;
  }

  /** Throws `CREDENTIALS_MISSING`, `PROFILE_FAILED` … */
  find(): Promise<FoundGoogleCredentials> {
    this.#found ??= this.#find().catch((error: unknown) => {
      this.#found = undefined;
      throw error;
    });
    return this.#found;
  }

  /** An access token, made now or before. Throws what `find` and `tokenError` give. */
  async token(): Promise<Secret> {
    const { runtime } = this.#parts;
    if (this.#token !== undefined && this.#token.endsAt - EARLY > runtime.now()) {
      return this.#token.text;
    }
    const { client, source } = await this.find();
    try {
      const { token } = await client.getAccessToken();
      if (typeof token !== 'string' || token === '') throw new AppError('UNEXPECTED_ANSWER');
      const text = new Secret(token);
      this.#token = { text, endsAt: client.credentials.expiry_date ?? runtime.now() + EARLY };
      return text;
    } catch (error) {
      throw tokenError(error, { source, values: this.#parts.settings.values });
    }
  }

  /** Forgets the token, which a server has refused, so that the next call gets another one. */
  forgetToken(): void {
    this.#token = undefined;
    this.#found = undefined;
  }

  async #find(): Promise<FoundGoogleCredentials> {
    const { values } = this.#parts.settings;
    const found = await this.#source();
    if (values.impersonate === '') return found;
    return {
      ...found,
      source: `${found.source}, as ${values.impersonate}`,
      account: values.impersonate,
      client: await this.#impersonated(found.client, values.impersonate),
    };
  }

  async #source(): Promise<FoundGoogleCredentials> {
    const { values, credentials } = this.#parts.settings;
    if (values.authentication === 'key') {
      const key = credentials['key']?.reveal().trim() ?? '';
      if (key === '') {
        throw new AppError('CREDENTIALS_MISSING', {
          message: 'The service account key has not been entered yet.',
          details: { field: 'key' },
        });
      }
      return this.#fromJson(key, 'Service Account Key', 'key');
    }
    const file = await this.#defaultFile();
    if (file !== undefined) return this.#fromJson(file.text, file.source, undefined);
    return this.#fromMachine();
  }

  async #fromJson(
    text: string,
    source: string,
    field: string | undefined,
  ): Promise<FoundGoogleCredentials> {
    const parsed = credentialsSchema.safeParse(parseJson(text));
    if (!parsed.success) {
      throw new AppError('PROFILE_FAILED', {
        message: `${source}: this is not a file of Google credentials.`,
        hint: 'Run `gcloud auth application-default login`, or enter a service account key.',
        details: { field },
      });
    }
    try {
      return {
        source,
        account: 'client_email' in parsed.data ? parsed.data.client_email : undefined,
        quotaProject: textOf(parsed.data.quota_project_id),
        client: await this.#clientOf(parsed.data),
      };
    } catch (error) {
      throw new AppError('PROFILE_FAILED', {
        message: `${source}: these credentials are incomplete.`,
        hint: 'Create them again, and enter the whole file.',
        details: { field },
        cause: error,
      });
    }
  }

  async #clientOf(file: CredentialsFile): Promise<AuthClient> {
    const library = await import('google-auth-library');
    switch (file.type) {
      case 'service_account':
        return new library.JWT({
          email: file.client_email,
          key: file.private_key,
          ...(file.private_key_id !== undefined && { keyId: file.private_key_id }),
          scopes: [SCOPE],
          transporterOptions: { fetchImplementation: this.#fetchWith(file.token_uri) },
        });
      case 'authorized_user':
        return new library.UserRefreshClient({
          clientId: file.client_id,
          clientSecret: file.client_secret,
          refreshToken: file.refresh_token,
          transporterOptions: { fetchImplementation: this.#fetchWith(file.token_uri) },
        });
      case 'external_account': {
        const client = library.ExternalAccountClient.fromJSON({
          ...(file as unknown as ExternalAccountClientOptions),
          transporterOptions: { fetchImplementation: this.#fetchWith() },
        });
        if (client === null) throw new Error('Not an external account');
        client.scopes = [SCOPE];
        return client;
      }
      case 'impersonated_service_account': {
        const source = credentialsSchema.parse(file.source_credentials);
        const [, account] =
          /([^/]+):generateAccessToken$/.exec(file.service_account_impersonation_url) ?? [];
        if (account === undefined) throw new Error('No account to impersonate');
        return this.#impersonated(await this.#clientOf(source), account);
      }
    }
  }

  async #impersonated(sourceClient: AuthClient, account: string): Promise<AuthClient> {
    const { Impersonated } = await import('google-auth-library');
    return new Impersonated({
      sourceClient,
      targetPrincipal: account,
      targetScopes: [SCOPE],
      lifetime: LIFETIME,
      transporterOptions: { fetchImplementation: this.#fetchWith() },
    });
  }

  async #fromMachine(): Promise<FoundGoogleCredentials> {
    const { Compute } = await import('google-auth-library');
    const { isAvailable } = await import('gcp-metadata');
    if (await isAvailable()) {
      return {
        source: 'the service account of this machine',
        account: undefined,
        quotaProject: undefined,
        client: new Compute(),
      };
    }
    throw new AppError('CREDENTIALS_MISSING', {
      message: 'There are no default credentials of Google Cloud on this computer.',
      likelyCause: (await this.#isLoggedInOtherwise())
        ? '`gcloud auth login` was used, which signs in the gcloud command and no other program.'
        : 'gcloud has not been set up for programs.',
      hint: 'Run `gcloud auth application-default login`, or choose Service Account Key.',
      details: { field: 'authentication' },
    });
  }

  /** `gcloud auth login` leaves its own database beside the file of the default credentials. */
  #isLoggedInOtherwise(): Promise<boolean> {
    return exists(join(this.#gcloudFolder(), 'credentials.db'));
  }

  async #defaultFile(): Promise<{ readonly text: string; readonly source: string } | undefined> {
    const { env } = this.#parts.runtime;
    const named = env['GOOGLE_APPLICATION_CREDENTIALS'] ?? '';
    const read = async (path: string, label: string): Promise<string> =>
      (await readNamedFile({ path, label, field: 'authentication' })).toString('utf8');
    if (named !== '') {
      const label = 'GOOGLE_APPLICATION_CREDENTIALS';
      return { text: await read(named, label), source: `${label} (${named})` };
    }
    const path = join(this.#gcloudFolder(), 'application_default_credentials.json');
    if (!(await exists(path))) return undefined;
    const source = 'Default Credentials of gcloud';
    return { text: await read(path, source), source };
  }

  #gcloudFolder(): string {
    const { env } = this.#parts.runtime;
    const own = env['CLOUDSDK_CONFIG'] ?? '';
    if (own !== '') return own;
    return process.platform === 'win32'
      ? join(env['APPDATA'] ?? homedir(), 'gcloud')
      : join(env['HOME'] ?? homedir(), '.config', 'gcloud');
  }

  /**
   * Google's library calls through our client, so that proxy and authorities are those of the connection. A
   * file may name another address for tokens, as that of an emulator does: other libraries of Google heed it.
   */
  #fetchWith(tokenUri = TOKEN_URL): typeof fetch {
    return async (input, init = {}) => {
      const request = new Request(input, init);
      const body = Buffer.from(await request.arrayBuffer());
      const answer = await this.#parts.http.send({
        method: request.method,
        url: request.url === TOKEN_URL ? tokenUri : request.url,
        headers: Object.fromEntries(request.headers),
        ...(body.byteLength > 0 && { body }),
        signal: request.signal,
      });
      const headers = new Headers();
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined) headers.set(name, String(value));
      }
      const hasBody = ![204, 205, 304].includes(answer.status);
      return new Response(hasBody ? new Uint8Array(answer.body) : null, {
        status: answer.status,
        headers,
      });
    };
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
