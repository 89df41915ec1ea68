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
import { withDeadline } from '@core/network/deadline';
import type { HttpClient } from '@core/network/http';
import { readNamedFile } from '@core/network/named-file';
import { untilAborted } from '@core/network/until-aborted';
import type { Runtime } from '@core/runtime';
import { Secret } from '@core/secrets/secret';
import type { ProviderSettings } from '../provider';
import type { FoundGoogleCredentials } from './found-credentials';
import type { MetadataServer } from './metadata-server';
import { tokenError } from './token-error';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';

/** Seconds. A token of an impersonated account lasts an hour at most by default. */
const LIFETIME = 3600;

/** Milliseconds. A token that ends sooner is replaced. */
const EARLY = 60_000;

/** The kinds of credentials that a file may hold, as far as this provider looks into them. */
const credentialsSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('service_account'),
    client_email: z.string(),
    private_key: z.string(),
    private_key_id: z.string().optional(),
    project_id: z.string().optional(),
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
  z.object({
    type: z.literal('impersonated_service_account'),
    service_account_impersonation_url: z.string(),
    source_credentials: z.unknown(),
    /** Accounts in between, each of which may act as the next. */
    delegates: z.array(z.string()).nullish(),
    quota_project_id: z.string().optional(),
  }),
]);
type CredentialsFile = z.infer<typeof credentialsSchema>;

/** Where Google’s library asks for tokens, whatever a file says. */
const TOKEN_URL = 'https://oauth2.googleapis.com/token';

/** Keys of earlier years name other addresses of Google, and are good at the one of today. */
function isOfGoogle(url: string): boolean {
  return URL.canParse(url) && /(^|\.)(google|googleapis)\.com$/i.test(new URL(url).hostname);
}

export interface CredentialsParts {
  readonly settings: ProviderSettings<GoogleSecretManagerValues>;
  readonly http: HttpClient;
  readonly machine: MetadataServer;
  readonly runtime: Runtime;
  /** Milliseconds for one access token. */
  readonly deadlineMs: number;
}

export class GoogleCredentials {
  readonly #parts: CredentialsParts;
  #found: Promise<FoundGoogleCredentials> | undefined;
  #token: { readonly text: Secret; readonly endsAt: number } | undefined;
  #underWay: Promise<Secret> | undefined;
  readonly #closed = new AbortController();

  constructor(parts: CredentialsParts) {
    this.#parts = parts;
  }

  /** Throws `CREDENTIALS_MISSING`, `PROFILE_FAILED`, and `INVALID_CONFIGURATION` if a file cannot be read. */
  find(): Promise<FoundGoogleCredentials> {
    this.#found ??= this.#find().catch((error: unknown) => {
      this.#found = undefined;
      throw error;
    });
    return this.#found;
  }

  /**
   * An access token, made now or before. Calls at the same time share one. Throws what `find` and `tokenError`
   * give, `TIMED_OUT` and `CANCELLED`.
   */
  token(signal: AbortSignal): Promise<Secret> {
    const { runtime, deadlineMs } = this.#parts;
    if (this.#token !== undefined && this.#token.endsAt - EARLY > runtime.now()) {
      return Promise.resolve(this.#token.text);
    }
    this.#underWay ??= withDeadline(this.#closed.signal, deadlineMs, (either) =>
      untilAborted(this.#makeToken(), either),
    ).finally(() => {
      this.#underWay = undefined;
    });
    return untilAborted(this.#underWay, signal);
  }

  /** Finds the credentials again for the next call. With a token: only if that is still the one in use. */
  forget(token = this.#token?.text): void {
    if (token !== this.#token?.text) return;
    this.#token = undefined;
    this.#found = undefined;
  }

  close(): void {
    this.#closed.abort();
  }

  async #makeToken(): Promise<Secret> {
    const { runtime, settings } = this.#parts;
    const found = await this.find();
    try {
      const { token } = await found.client.getAccessToken();
      if (typeof token !== 'string' || token === '') throw new AppError('UNEXPECTED_ANSWER');
      const text = new Secret(token);
      this.#token = { text, endsAt: found.client.credentials.expiry_date ?? runtime.now() + EARLY };
      return text;
    } catch (error) {
      // What a person does about it changes a file.
      this.#found = undefined;
      throw tokenError(error, { found, values: settings.values });
    }
  }

  async #find(): Promise<FoundGoogleCredentials> {
    const { values } = this.#parts.settings;
    const found = await this.#source();
    if (values.impersonate === '') return found;
    return {
      ...found,
      source: `${found.source}, as ${values.impersonate}`,
      account: values.impersonate,
      actsAs: values.impersonate,
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
    const isKey = parsed.data?.type === 'service_account';
    if (!parsed.success || (field === 'key' && !isKey)) {
      throw new AppError('PROFILE_FAILED', {
        message:
          field === 'key'
            ? 'This is not the key of a service account.'
            : `${source}: this is not a file of Google credentials.`,
        likelyCause: 'Another file was chosen, or only a part of it was copied.',
        hint:
          field === 'key'
            ? 'Paste the whole JSON file of the key, or choose Default Credentials.'
            : 'Run “gcloud auth application-default login”, or enter a service account key.',
        details: { field },
      });
    }
    try {
      return {
        source,
        ...describe(parsed.data),
        quotaProject: parsed.data.quota_project_id,
        client: await this.#clientOf(parsed.data),
      };
    } catch {
      // What the library says may quote the file.
      throw new AppError('PROFILE_FAILED', {
        message: `${source}: these credentials are incomplete.`,
        likelyCause: 'Only a part of the file was copied.',
        hint: 'Create them again, and enter the whole file.',
        details: { field },
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
        const account = impersonatedIn(file.service_account_impersonation_url);
        if (account === undefined) throw new Error('No account to impersonate');
        return this.#impersonated(await this.#clientOf(source), account, file.delegates ?? []);
      }
    }
  }

  async #impersonated(
    sourceClient: AuthClient,
    account: string,
    delegates: readonly string[] = [],
  ): Promise<AuthClient> {
    const { Impersonated } = await import('google-auth-library');
    return new Impersonated({
      sourceClient,
      targetPrincipal: account,
      delegates: [...delegates],
      targetScopes: [SCOPE],
      lifetime: LIFETIME,
      transporterOptions: { fetchImplementation: this.#fetchWith() },
    });
  }

  async #fromMachine(): Promise<FoundGoogleCredentials> {
    const { machine } = this.#parts;
    if (await machine.isThere()) {
      const { OAuth2Client } = await import('google-auth-library');
      const client = new OAuth2Client();
      client.refreshHandler = () => machine.token();
      // An impersonation sends its request with it.
      client.transporter.defaults.fetchImplementation = this.#fetchWith();
      return {
        source: 'the service account of this machine',
        kind: 'other',
        account: undefined,
        project: undefined,
        quotaProject: undefined,
        client,
      };
    }
    throw new AppError('CREDENTIALS_MISSING', {
      message: 'There are no default credentials of Google Cloud on this computer.',
      likelyCause: (await this.#isLoggedInOtherwise())
        ? '“gcloud auth login” was used, which signs in the gcloud command and no other program.'
        : 'gcloud has not been set up for programs.',
      hint: 'Run “gcloud auth application-default login”, or choose Service Account Key.',
      remedy: { run: 'gcloud auth application-default login' },
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
  #fetchWith(named = TOKEN_URL): typeof fetch {
    const tokenUri = isOfGoogle(named) ? TOKEN_URL : named;
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

/** The service account in the address that its tokens come from. */
const impersonatedIn = (url: string): string | undefined =>
  /([^/]+):generateAccessToken$/.exec(url)?.[1];

function describe(
  file: CredentialsFile,
): Pick<FoundGoogleCredentials, 'kind' | 'account' | 'actsAs' | 'project'> {
  switch (file.type) {
    case 'service_account':
      return { kind: 'key', account: file.client_email, project: file.project_id };
    case 'authorized_user':
      return { kind: 'user', account: undefined, project: file.quota_project_id };
    case 'external_account':
      return { kind: 'other', account: undefined, project: file.quota_project_id };
    case 'impersonated_service_account': {
      const account = impersonatedIn(file.service_account_impersonation_url);
      return { kind: 'other', account, actsAs: account, project: file.quota_project_id };
    }
  }
}

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
