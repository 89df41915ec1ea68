/** Access tokens of Microsoft Entra ID, in the five ways that the form offers. */
import { createHash, createPrivateKey, randomUUID, sign, X509Certificate } from 'node:crypto';
import { execFile } from 'node:child_process';
import { z } from 'zod';
import { AppError, isAppError } from '@shared/errors';
import type { AzureKeyVaultValues } from '@shared/providers/azure-key-vault';
import { networkDefaults } from '@shared/providers/facts/network';
import { withDeadline } from '@core/network/deadline';
import { HttpClient, type HttpAnswer, type HttpRequest } from '@core/network/http';
import { readNamedFile } from '@core/network/named-file';
import { Network } from '@core/network/network';
import { withRetries } from '@core/network/retry';
import { untilAborted } from '@core/network/until-aborted';
import type { Runtime } from '@core/runtime';
import { Secret } from '@core/secrets/secret';
import type { ProviderSettings } from '../provider';
import type { Challenge } from './challenge';
import { entraError } from './entra-error';

/** Milliseconds. A token that ends sooner is replaced. */
const EARLY = 120_000;

/** Milliseconds. The metadata service of Azure is on the machine, or not there at all. */
const IMDS_MS = 3000;

/** Milliseconds. `az` is a Python program, and takes a second or two. */
const CLI_MS = 20_000;

const IMDS_HOST = 'http://169.254.169.254';
const IMDS_PATH = '/metadata/identity/oauth2/token';

export interface Token {
  readonly text: Secret;
  /** Milliseconds since 1970, UTC. */
  readonly endsAt: number;
}

export interface TokenParts {
  readonly settings: ProviderSettings<AzureKeyVaultValues>;
  readonly http: HttpClient;
  readonly runtime: Runtime;
  /** Milliseconds for one token with all attempts. */
  readonly deadlineMs: number;
}

/** A token that is being made, for all who need it. */
interface Making {
  readonly resource: string;
  readonly token: Promise<Token>;
  /** Ends the work when nobody waits for it any more. */
  readonly stop: AbortController;
  waiting: number;
}

const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().optional(),
  expires_on: z.coerce.number().optional(),
});

const cliSchema = z.object({
  accessToken: z.string().min(1),
  expires_on: z.number().optional(),
});

export class AzureTokens {
  readonly #parts: TokenParts;
  #token: { readonly resource: string; readonly token: Token } | undefined;
  #making: Making | undefined;
  #local: HttpClient | undefined;

  constructor(parts: TokenParts) {
    this.#parts = parts;
  }

  /** A token for the resource of the challenge, made now or before. Throws what `entraError` gives. */
  async get(challenge: Challenge, signal: AbortSignal): Promise<Secret> {
    const known = this.#token;
    const { runtime } = this.#parts;
    if (known?.resource === challenge.resource && known.token.endsAt - EARLY > runtime.now()) {
      return known.token.text;
    }
    const making =
      this.#making?.resource === challenge.resource ? this.#making : this.#start(challenge);
    making.waiting += 1;
    try {
      return (await untilAborted(making.token, signal)).text;
    } finally {
      making.waiting -= 1;
      if (making.waiting === 0) {
        if (this.#making === making) this.#making = undefined;
        making.stop.abort();
      }
    }
  }

  #start(challenge: Challenge): Making {
    const { resource } = challenge;
    const stop = new AbortController();
    const create = async (): Promise<Token> => {
      const token = await withDeadline(stop.signal, this.#parts.deadlineMs, (signal) =>
        this.#create(challenge, signal),
      );
      this.#token = { resource, token };
      return token;
    };
    this.#making = { resource, token: create(), stop, waiting: 0 };
    return this.#making;
  }

  close(): void {
    this.#local?.close();
  }

  forget(): void {
    this.#token = undefined;
  }

  /** What the credentials are, for Test Connection. */
  describe(): string {
    const { values } = this.#parts.settings;
    const client = values.clientId === '' ? '' : `, client ${values.clientId}`;
    switch (values.authentication) {
      case 'cli':
        return 'Azure CLI';
      case 'secret':
        return `Client Secret${client}`;
      case 'certificate':
        return `Certificate${client}`;
      case 'managed':
        return `Managed Identity${client}`;
      case 'workload':
        return `Workload Identity${client}`;
    }
  }

  #create(challenge: Challenge, signal: AbortSignal): Promise<Token> {
    switch (this.#parts.settings.values.authentication) {
      case 'cli':
        return this.#fromCli(challenge, signal);
      case 'secret':
        return this.#fromApplication(challenge, signal, () => this.#secret());
      case 'certificate':
        return this.#fromApplication(challenge, signal, (url) => this.#assertion(url, signal));
      case 'managed':
        return this.#fromMachine(challenge, signal);
      case 'workload':
        return this.#fromWorkload(challenge, signal);
    }
  }

  /** Where to ask for a token. */
  #tokenUrl({ authority, tenant }: Challenge, ownTenant = ''): string {
    const { values } = this.#parts.settings;
    return `${authority}/${encodeURIComponent(values.tenant || ownTenant || tenant)}/oauth2/v2.0/token`;
  }

  async #fromApplication(
    challenge: Challenge,
    signal: AbortSignal,
    proof: (url: string) => Promise<Readonly<Record<string, string>>>,
  ): Promise<Token> {
    const { clientId } = this.#parts.settings.values;
    const url = this.#tokenUrl(challenge);
    return this.#post(url, challenge, clientId, await proof(url), signal);
  }

  async #post(
    url: string,
    { resource }: Challenge,
    clientId: string,
    proof: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Token> {
    const answer = await this.#ask({
      method: 'POST',
      url,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        scope: `${resource}/.default`,
        ...proof,
      }).toString(),
      signal,
    });
    return this.#read(answer);
  }

  /** Asking twice for a token does no harm. */
  #ask(request: HttpRequest): Promise<HttpAnswer> {
    const { http, runtime, deadlineMs } = this.#parts;
    return withRetries({
      attempt: () => http.send(request),
      ofResult: ({ status, headers }) =>
        status === 429 || status >= 500
          ? { isThrottled: status === 429, retryAfter: headers['retry-after'] }
          : undefined,
      ofError: (error) => (isAppError(error, 'CONNECTION_RESET') ? {} : undefined),
      signal: request.signal,
      withinMs: deadlineMs,
      runtime,
    });
  }

  #read(answer: HttpAnswer): Token {
    const { runtime, settings } = this.#parts;
    if (answer.status !== 200) throw entraError(answer, settings.values);
    const parsed = tokenSchema.safeParse(answer.json());
    if (!parsed.success) throw new AppError('UNEXPECTED_ANSWER', { details: answer.details });
    const { access_token: text, expires_in: lasts, expires_on: until } = parsed.data;
    return {
      text: new Secret(text),
      endsAt: until === undefined ? runtime.now() + (lasts ?? 0) * 1000 : until * 1000,
    };
  }

  async #secret(): Promise<Readonly<Record<string, string>>> {
    const text = this.#parts.settings.credentials['clientSecret']?.reveal().trim() ?? '';
    if (text !== '') return { client_secret: text };
    throw new AppError('CREDENTIALS_MISSING', {
      message: 'The client secret has not been entered yet.',
      details: { field: 'clientSecret' },
    });
  }

  /** A signed statement of who we are, see https://learn.microsoft.com/en-us/entra/identity-platform/certificate-credentials */
  async #assertion(url: string, signal: AbortSignal): Promise<Readonly<Record<string, string>>> {
    const { settings, runtime } = this.#parts;
    const { certificateFile: path, clientId } = settings.values;
    const refuse = (message: string, hint: string, field = 'certificateFile'): AppError =>
      new AppError('INVALID_CONFIGURATION', { message, hint, details: { field } });
    const file = await readNamedFile(
      { path, label: 'Certificate file', field: 'certificateFile' },
      signal,
    );
    const text = file.toString('latin1');
    const [certificatePem] =
      /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(text) ?? [];
    const [keyPem] =
      /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]+?-----END (?:[A-Z]+ )*PRIVATE KEY-----/.exec(
        text,
      ) ?? [];
    if (certificatePem === undefined || keyPem === undefined) {
      throw refuse(
        `${path} does not hold both a certificate and a private key in PEM form.`,
        'Put both into one file: cat app.crt app.key > app.pem. A PFX file is turned into one by: openssl pkcs12 -in app.pfx -nodes -out app.pem',
      );
    }
    const passphrase = settings.credentials['certificatePassphrase']?.reveal() ?? '';
    try {
      const certificate = new X509Certificate(certificatePem);
      const key = createPrivateKey({ key: keyPem, ...(passphrase !== '' && { passphrase }) });
      if (!certificate.checkPrivateKey(key)) {
        throw refuse(
          `The private key in ${path} does not belong to the certificate.`,
          'Choose the key that was made for this certificate.',
        );
      }
      const now = Math.floor(runtime.now() / 1000);
      const thumbprint = createHash('sha256').update(certificate.raw).digest('base64url');
      const encode = (part: object): string =>
        Buffer.from(JSON.stringify(part)).toString('base64url');
      const content = `${encode({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint })}.${encode({
        aud: url,
        iss: clientId,
        sub: clientId,
        jti: randomUUID(),
        nbf: now - 60,
        exp: now + 600,
      })}`;
      // 6 is RSA_PKCS1_PSS_PADDING, and -1 a salt as long as the hash.
      const signature = sign('sha256', Buffer.from(content), { key, padding: 6, saltLength: -1 });
      return {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: `${content}.${signature.toString('base64url')}`,
      };
    } catch (error) {
      if (isAppError(error)) throw error;
      throw /ENCRYPTED/.test(keyPem.slice(0, 200))
        ? refuse(
            'The private key cannot be decrypted with this passphrase.',
            'Check Certificate passphrase.',
            'certificatePassphrase',
          )
        : refuse(
            `The certificate or the private key in ${path} is damaged.`,
            'Export it again, as PEM.',
          );
    }
  }

  /** A managed identity: of App Service and its like if they say so, else of the virtual machine. */
  async #fromMachine({ resource }: Challenge, signal: AbortSignal): Promise<Token> {
    const { runtime, settings } = this.#parts;
    const { clientId } = settings.values;
    const { env } = runtime;
    const [endpoint, secret] = [env['IDENTITY_ENDPOINT'], env['IDENTITY_HEADER']];
    const isAppService = endpoint !== undefined && secret !== undefined;
    const query = new URLSearchParams({
      'api-version': isAppService ? '2019-08-01' : '2018-02-01',
      resource,
      ...(clientId !== '' && { client_id: clientId }),
    }).toString();
    const host = env['AZURE_POD_IDENTITY_AUTHORITY_HOST'] ?? IMDS_HOST;
    const url = `${isAppService ? endpoint : `${host.replace(/\/+$/, '')}${IMDS_PATH}`}?${query}`;
    const headers: Record<string, string> = isAppService
      ? { 'X-IDENTITY-HEADER': secret }
      : { Metadata: 'true' };
    try {
      return await withDeadline(signal, IMDS_MS, async (either) =>
        this.#read(await this.#localHttp().send({ method: 'GET', url, headers, signal: either })),
      );
    } catch (error) {
      // A service that fails says nothing about identities.
      if (!isAppError(error) || ['CANCELLED', 'SERVER_ERROR'].includes(error.code)) throw error;
      const isThere = error.details?.status !== undefined;
      throw new AppError('CREDENTIALS_MISSING', {
        message: isThere
          ? 'This machine gives no token for a managed identity.'
          : 'There is no managed identity on this computer.',
        likelyCause: isThere
          ? clientId === ''
            ? 'It has no identity, or several: then the client id says which.'
            : 'The identity with this client id is not assigned to it.'
          : 'Only a machine in Azure has one.',
        hint: isThere
          ? 'Assign an identity to it in the portal, or check Client ID.'
          : 'Choose Azure CLI, or Client Secret.',
        details: { ...error.details, field: isThere ? 'clientId' : 'authentication' },
        cause: error,
      });
    }
  }

  /** To the machine itself, and never through a proxy, which would read the token. */
  #localHttp(): HttpClient {
    const { runtime } = this.#parts;
    this.#local ??= new HttpClient({
      network: new Network(
        { values: { ...networkDefaults, proxy: 'none' }, credentials: {}, verifySsl: true },
        { runtime, systemProxy: async () => undefined },
      ),
      maxSockets: 1,
    });
    return this.#local;
  }

  /** A token of a Kubernetes cluster that the application trusts; the cluster sets these variables. */
  async #fromWorkload(challenge: Challenge, signal: AbortSignal): Promise<Token> {
    const { runtime, settings } = this.#parts;
    const { env } = runtime;
    const path = env['AZURE_FEDERATED_TOKEN_FILE'] ?? '';
    const clientId = settings.values.clientId || (env['AZURE_CLIENT_ID'] ?? '');
    if (path === '' || clientId === '') {
      throw new AppError('CREDENTIALS_MISSING', {
        message: 'There is no workload identity on this computer.',
        likelyCause:
          'AZURE_FEDERATED_TOKEN_FILE or AZURE_CLIENT_ID is not set, as a cluster sets them.',
        hint: 'Choose Azure CLI, or Client Secret.',
        details: { field: 'authentication' },
      });
    }
    const assertion = await readNamedFile({ path, label: 'AZURE_FEDERATED_TOKEN_FILE' }, signal);
    const proof = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion.toString('utf8').trim(),
    };
    const url = this.#tokenUrl(challenge, env['AZURE_TENANT_ID']);
    return this.#post(url, challenge, clientId, proof, signal);
  }

  /** The sign-in of `az login`. */
  async #fromCli({ resource, tenant }: Challenge, signal: AbortSignal): Promise<Token> {
    const { runtime, settings } = this.#parts;
    const own = settings.values.tenant || tenant;
    const args = ['account', 'get-access-token', '--resource', resource, '--output', 'json'];
    const output = await runAz([...args, '--tenant', own], own, runtime, signal);
    const parsed = cliSchema.safeParse(parseJson(output));
    if (!parsed.success) throw new AppError('UNEXPECTED_ANSWER', { details: { method: 'az' } });
    const { accessToken, expires_on: until } = parsed.data;
    return {
      text: new Secret(accessToken),
      endsAt: until === undefined ? runtime.now() + EARLY * 2 : until * 1000,
    };
  }
}

/** Runs `az`, and returns what it prints. Its errors may name accounts and are matched, never shown. */
async function runAz(
  args: readonly string[],
  tenant: string,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<string> {
  const PATH = (await runtime.loginPath()) ?? runtime.env['PATH'] ?? '';
  return new Promise((resolve, reject) => {
    execFile(
      'az',
      [...args],
      {
        env: { ...runtime.env, PATH },
        signal,
        timeout: CLI_MS,
        windowsHide: true,
        // On Windows it is a batch file.
        shell: process.platform === 'win32',
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(cliError(error, { stderr, tenant, path: PATH, signal }));
      },
    );
  });
}

function cliError(
  error: Error & { readonly code?: unknown; readonly killed?: boolean },
  {
    stderr,
    tenant,
    path,
    signal,
  }: {
    readonly stderr: string;
    readonly tenant: string;
    readonly path: string;
    readonly signal: AbortSignal;
  },
): AppError {
  if (signal.aborted) return new AppError('CANCELLED', { cause: error });
  if (error.code === 'ENOENT' || /command not found|not recognized/i.test(stderr)) {
    return new AppError('CREDENTIALS_MISSING', {
      message: 'The Azure CLI was not found on this computer.',
      likelyCause: `There is no program “az” in ${path}.`,
      hint: 'Install it, or choose another authentication.',
      details: { field: 'authentication' },
    });
  }
  if (error.killed === true) {
    return new AppError('TIMED_OUT', {
      message: `The Azure CLI did not answer within ${String(CLI_MS / 1000)} seconds.`,
      likelyCause: 'It waits for the network, or for an answer in a terminal.',
      hint: 'Run “az account get-access-token” in a terminal to see what it waits for.',
    });
  }
  const command = `az login --tenant ${tenant}`;
  // No account of that sign-in is in the tenant.
  if (/AADSTS(50020|50034|90072|500011)\b|does not exist in tenant/i.test(stderr)) {
    return new AppError('PROFILE_FAILED', {
      message: `The account of the Azure CLI is not in the tenant ${tenant}.`,
      likelyCause: 'It is signed in with the account of another organisation.',
      hint: `Run “${command}” in a terminal, with an account that may use the vault. If Tenant is not that of the vault, empty it.`,
      remedy: { run: command },
    });
  }
  if (/az login|AADSTS(50173|70043|700082|50078|50079|50076)|expired|interaction/i.test(stderr)) {
    return new AppError('SSO_LOGIN_NEEDED', {
      message: 'The Azure CLI is not signed in, or its sign-in has ended.',
      likelyCause: 'A sign-in lasts some days, or until the organisation asks for another one.',
      hint: `Run “${command}” in a terminal, then try again.`,
      remedy: { run: command },
    });
  }
  return new AppError('PROFILE_FAILED', {
    message: 'The Azure CLI gives no token for this vault.',
    likelyCause: 'It is signed in to another tenant than that of the vault.',
    hint: `Run “${command}” in a terminal, then try again.`,
    remedy: { run: command },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
