/**
 * Sign-in with IAM Identity Center: device authorisation (https://www.rfc-editor.org/rfc/rfc8628) as in
 * https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/Welcome.html, and the keys of a role from
 * https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html. The SDK would keep the
 * token as plain text in ~/.aws/sso/cache. Here it is a credential like all others.
 */
import { AppError, isAppError, type AppErrorOptions } from '@shared/errors';
import type { SignInChoices } from '@shared/model/connection';
import type { AwsValues } from '@shared/providers/aws';
import { z } from 'zod';
import { withDeadline } from '@core/network/deadline';
import { HttpClient, refuseRedirect, type HttpAnswer } from '@core/network/http';
import type { Network } from '@core/network/network';
import type { Runtime } from '@core/runtime';
import { Secret } from '@core/secrets/secret';
import type { ProviderSettings, SignInStep } from '../provider';
import type { FoundCredentials } from './client';

export interface SsoAccess {
  readonly values: Pick<AwsValues, 'ssoStartUrl' | 'ssoRegion' | 'ssoAccount' | 'ssoRole'>;
  readonly network: Network;
  readonly runtime: Runtime;
  /** Milliseconds for one request. */
  readonly deadlineMs: number;
}

const clientSchema = z.object({ clientId: z.string(), clientSecret: z.string() });

/** What is stored of a sign-in. */
const tokenSchema = z.object({
  accessToken: z.string().min(1),
  /** Milliseconds since 1970, UTC. */
  expiresAt: z.number(),
  /** With it the program that signed in gets the next token, without a person. AWS may give it for one use only. */
  refresh: clientSchema.extend({ refreshToken: z.string().min(1) }).optional(),
});
type Token = z.infer<typeof tokenSchema>;

const deviceSchema = z.object({
  deviceCode: z.string(),
  userCode: z.string(),
  verificationUri: z.string(),
  verificationUriComplete: z.string().optional(),
  /** Seconds. */
  expiresIn: z.number(),
  interval: z.number().optional(),
});
const createdSchema = z.object({
  accessToken: z.string().min(1),
  /** Seconds. */
  expiresIn: z.number(),
  refreshToken: z.string().min(1).optional(),
});
const accountsSchema = z.object({
  accountList: z.array(z.object({ accountId: z.string(), accountName: z.string().optional() })),
  nextToken: z.string().nullish(),
});
const rolesSchema = z.object({
  roleList: z.array(z.object({ roleName: z.string() })),
  nextToken: z.string().nullish(),
});
const refusalSchema = z.object({ error: z.string() });
const keysSchema = z.object({
  roleCredentials: z.object({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    sessionToken: z.string(),
    expiration: z.number(),
  }),
});

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const REFRESH_TOKEN = 'refresh_token';

/** Milliseconds before its end at which a token is renewed. */
const RENEWED_BEFORE = 5 * 60 * 1000;

/** Seconds between two questions, unless the answer says otherwise, and what `slow_down` adds. */
const INTERVAL = 5;

const suffixOf = (region: string): string => {
  if (region.startsWith('cn-')) return 'amazonaws.com.cn';
  return region.startsWith('eusc-') ? 'amazonaws.eu' : 'amazonaws.com';
};

/** The SDKs take these from the same variables: https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html */
function addressOf(service: 'oidc' | 'portal', region: string, { env }: Runtime): string {
  const given = env[service === 'oidc' ? 'AWS_ENDPOINT_URL_SSO_OIDC' : 'AWS_ENDPOINT_URL_SSO'];
  if (given !== undefined && given !== '') return given.replace(/\/+$/, '');
  return `https://${service === 'oidc' ? 'oidc' : 'portal.sso'}.${region}.${suffixOf(region)}`;
}

interface Question {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

async function ask(
  { network, deadlineMs }: SsoAccess,
  { method, url, headers = {}, body }: Question,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const http = new HttpClient({ network, maxSockets: 1 });
  try {
    return await withDeadline(signal, deadlineMs, async (either) => {
      const answer = await http.send({
        method,
        url,
        headers: {
          Accept: 'application/json',
          ...(body !== undefined && { 'Content-Type': 'application/json' }),
          ...headers,
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        isSafe: method === 'GET',
        signal: either,
      });
      refuseRedirect(answer, url);
      return answer;
    });
  } finally {
    http.close();
  }
}

function parsed<Schema extends z.ZodType>(answer: HttpAnswer, schema: Schema): z.infer<Schema> {
  const result = schema.safeParse(answer.json());
  if (!result.success) throw new AppError('UNEXPECTED_ANSWER', { details: answer.details });
  return result.data;
}

const refusalIn = (answer: HttpAnswer): string | undefined =>
  refusalSchema.safeParse(answer.json()).data?.error;

/** Throws `LOGIN_REFUSED`, `CANCELLED`, and network codes. */
export async function* signInBySso(
  access: SsoAccess,
  signal: AbortSignal,
): AsyncGenerator<SignInStep, void, undefined> {
  const { values, runtime } = access;
  const base = addressOf('oidc', values.ssoRegion, runtime);
  const post = (path: string, body: unknown): Promise<HttpAnswer> =>
    ask(access, { method: 'POST', url: `${base}${path}`, body }, signal);

  const registered = await post('/client/register', {
    clientName: 'Strongroom',
    clientType: 'public',
    // With this scope AWS gives a token for an hour, and one that renews it until the session ends.
    scopes: ['sso:account:access'],
    grantTypes: [DEVICE_CODE, REFRESH_TOKEN],
  });
  if (registered.status !== 200) throw refusedToStart(registered);
  const client = parsed(registered, clientSchema);
  const started = await post('/device_authorization', {
    ...client,
    startUrl: values.ssoStartUrl,
  });
  if (started.status !== 200) throw refusedToStart(started);
  const device = parsed(started, deviceSchema);
  const url = device.verificationUriComplete ?? device.verificationUri;
  if (!isPage(url)) throw new AppError('UNEXPECTED_ANSWER', { details: started.details });
  yield { type: 'open', url, code: device.userCode };

  const until = runtime.now() + device.expiresIn * 1000;
  for (let interval = device.interval ?? INTERVAL; ;) {
    await waitFor(runtime, interval * 1000, signal);
    if (runtime.now() >= until) throw tooLong();
    const askedAt = runtime.now();
    const answer = await post('/token', {
      ...client,
      deviceCode: device.deviceCode,
      grantType: DEVICE_CODE,
    });
    if (answer.status === 200) {
      const token = tokenOf(answer, client, askedAt);
      yield {
        type: 'done',
        credentials: { ssoToken: new Secret(JSON.stringify(token)) },
        ...(token.refresh === undefined && { expiresAt: token.expiresAt }),
        choices: await assignedTo(access, token.accessToken, signal),
      };
      return;
    }
    const refusal = refusalIn(answer);
    if (refusal === 'slow_down') interval += INTERVAL;
    else if (refusal !== 'authorization_pending') throw refusedAtEnd(answer, refusal);
  }
}

/** How many accounts have their roles listed, and how many of those at a time. AWS limits the rate of these calls. */
const ACCOUNTS_LISTED = 50;
const LISTED_AT_ONCE = 4;

/**
 * The accounts and roles of a person, to choose from; `undefined` if they cannot be listed, which keeps nobody from typing
 * them. https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_ListAccounts.html and API_ListAccountRoles.
 */
async function assignedTo(
  access: SsoAccess,
  accessToken: string,
  signal: AbortSignal,
): Promise<SignInChoices | undefined> {
  const list = <Item>(
    path: string,
    query: Readonly<Record<string, string>>,
    itemsIn: (answer: HttpAnswer) => { readonly items: readonly Item[]; readonly next?: string },
  ): Promise<Item[]> => listAll(access, { accessToken, path, query, itemsIn }, signal);
  try {
    const accounts = await list('/assignment/accounts', {}, (answer) => {
      const { accountList, nextToken } = parsed(answer, accountsSchema);
      return { items: accountList, ...nextPage(nextToken) };
    });
    const listed = accounts.slice(0, ACCOUNTS_LISTED);
    const rolesIn = ({ accountId }: (typeof listed)[number]) =>
      list('/assignment/roles', { account_id: accountId }, (answer) => {
        const { roleList, nextToken } = parsed(answer, rolesSchema);
        return {
          items: roleList.map(({ roleName }) => ({ ssoAccount: accountId, ssoRole: roleName })),
          ...nextPage(nextToken),
        };
      });
    const combinations: Record<string, string>[] = [];
    for (let at = 0; at < listed.length; at += LISTED_AT_ONCE) {
      const found = await Promise.all(listed.slice(at, at + LISTED_AT_ONCE).map(rolesIn));
      combinations.push(...found.flat());
    }
    return {
      combinations,
      names: Object.fromEntries(
        listed.flatMap(({ accountId, accountName }) =>
          accountName === undefined ? [] : [[accountId, accountName]],
        ),
      ),
    };
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
}

const nextPage = (next: string | null | undefined): { readonly next?: string } =>
  next === undefined || next === null || next === '' ? {} : { next };

async function listAll<Item>(
  access: SsoAccess,
  {
    accessToken,
    path,
    query,
    itemsIn,
  }: {
    readonly accessToken: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly itemsIn: (answer: HttpAnswer) => {
      readonly items: readonly Item[];
      readonly next?: string;
    };
  },
  signal: AbortSignal,
): Promise<Item[]> {
  const base = addressOf('portal', access.values.ssoRegion, access.runtime);
  const all: Item[] = [];
  let next: string | undefined;
  do {
    const parameters = new URLSearchParams({
      ...query,
      max_result: '100',
      ...(next !== undefined && { next_token: next }),
    });
    const answer = await ask(
      access,
      {
        method: 'GET',
        url: `${base}${path}?${parameters.toString()}`,
        headers: { 'x-amz-sso_bearer_token': accessToken },
      },
      signal,
    );
    if (answer.status !== 200) throw new AppError('SERVER_ERROR', { details: answer.details });
    const page = itemsIn(answer);
    all.push(...page.items);
    ({ next } = page);
  } while (next !== undefined);
  return all;
}

/** `before`: what renewed it, if the answer has nothing newer. */
function tokenOf(
  answer: HttpAnswer,
  client: z.infer<typeof clientSchema>,
  askedAt: number,
  before?: string,
): Token {
  const { accessToken, expiresIn, refreshToken = before } = parsed(answer, createdSchema);
  return {
    accessToken,
    expiresAt: askedAt + expiresIn * 1000,
    ...(refreshToken !== undefined && { refresh: { ...client, refreshToken } }),
  };
}

async function waitFor(runtime: Runtime, milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await runtime.wait(milliseconds, signal);
  } catch (error) {
    throw new AppError('CANCELLED', { cause: error });
  }
}

function isPage(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1');
}

/** When the sign-in ends, and whether it is renewed. Throws `CREDENTIALS_MISSING` if there is none. */
export function endOfToken(stored: Secret | undefined): { readonly at: number; renews: boolean } {
  const { expiresAt, refresh } = tokenIn(stored);
  return { at: expiresAt, renews: refresh !== undefined };
}

function tokenIn(stored: Secret | undefined): Token {
  try {
    return tokenSchema.parse(JSON.parse(stored?.reveal() ?? ''));
  } catch {
    throw new AppError('CREDENTIALS_MISSING', {
      message: 'Nobody is signed in to IAM Identity Center.',
      hint: 'Sign in: a browser opens the page for it.',
      remedy: { open: 'connection', field: 'ssoToken' },
      details: { field: 'ssoToken' },
    });
  }
}

/**
 * The sign-in, or the next one if it ends soon and can be renewed; `exchange` stores it. Throws `SSO_LOGIN_NEEDED` and network
 * codes.
 */
export async function lastingToken(
  access: SsoAccess,
  stored: Secret | undefined,
  exchange: ProviderSettings<unknown>['exchange'],
  signal: AbortSignal,
): Promise<Secret | undefined> {
  const { runtime } = access;
  const lasts = ({ expiresAt }: Token): boolean => expiresAt - runtime.now() > RENEWED_BEFORE;
  const token = tokenIn(stored);
  if (lasts(token) || token.refresh === undefined || exchange === undefined) return stored;
  try {
    return await exchange('ssoToken', async (newest) => {
      const current = tokenIn(newest);
      // Another connection has renewed it.
      if (newest !== undefined && lasts(current)) return newest;
      return new Secret(JSON.stringify(await renewed(access, current, signal)));
    });
  } catch (error) {
    // It is good for some minutes more, and the next call tries again.
    if (runtime.now() < token.expiresAt && !isAppError(error, 'SSO_LOGIN_NEEDED')) return stored;
    throw error;
  }
}

/** https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html */
async function renewed(access: SsoAccess, token: Token, signal: AbortSignal): Promise<Token> {
  const { refresh } = token;
  if (refresh === undefined) throw ended();
  const { refreshToken, ...client } = refresh;
  const { values, runtime } = access;
  const askedAt = runtime.now();
  const answer = await ask(
    access,
    {
      method: 'POST',
      url: `${addressOf('oidc', values.ssoRegion, runtime)}/token`,
      body: { ...client, grantType: REFRESH_TOKEN, refreshToken },
    },
    signal,
  );
  if (answer.status === 200) return tokenOf(answer, client, askedAt, refreshToken);
  if (answer.status === 429) throw new AppError('RATE_LIMITED', { details: answer.details });
  if (answer.status >= 500) throw new AppError('SERVER_ERROR', { details: answer.details });
  throw ended(answer);
}

/** The temporary keys of the role. Throws `SSO_LOGIN_NEEDED`, `ROLE_REFUSED`, and network codes. */
export async function keysOfRole(
  access: SsoAccess,
  stored: Secret | undefined,
  signal: AbortSignal,
): Promise<FoundCredentials> {
  const { values, runtime } = access;
  const { accessToken, expiresAt } = tokenIn(stored);
  if (runtime.now() >= expiresAt) throw ended();
  const query = new URLSearchParams({ account_id: values.ssoAccount, role_name: values.ssoRole });
  const answer = await ask(
    access,
    {
      method: 'GET',
      url: `${addressOf('portal', values.ssoRegion, runtime)}/federation/credentials?${query.toString()}`,
      headers: { 'x-amz-sso_bearer_token': accessToken },
    },
    signal,
  );
  if (answer.status === 401) throw ended(answer);
  if (answer.status === 403 || answer.status === 404) throw notAssigned(values, answer);
  if (answer.status === 429) throw new AppError('RATE_LIMITED', { details: answer.details });
  if (answer.status !== 200) throw new AppError('SERVER_ERROR', { details: answer.details });
  const { expiration, ...keys } = parsed(answer, keysSchema).roleCredentials;
  return { ...keys, expiration: new Date(expiration), $source: { CREDENTIALS_SSO: 's' } };
}

const refused = (
  code: 'LOGIN_REFUSED' | 'ROLE_REFUSED' | 'SSO_LOGIN_NEEDED',
  { field, ...options }: AppErrorOptions & { readonly field: string },
  answer?: HttpAnswer,
): AppError => {
  const full = {
    ...options,
    remedy: { open: 'connection', field } as const,
    details: { ...answer?.details, field },
  };
  if (code === 'ROLE_REFUSED') return new AppError('ROLE_REFUSED', full);
  return code === 'LOGIN_REFUSED'
    ? new AppError('LOGIN_REFUSED', full)
    : new AppError('SSO_LOGIN_NEEDED', full);
};

const ended = (answer?: HttpAnswer): AppError =>
  refused(
    'SSO_LOGIN_NEEDED',
    {
      message: 'The sign-in to IAM Identity Center has ended.',
      hint: 'Sign in again.',
      field: 'ssoToken',
    },
    answer,
  );

const notAssigned = ({ ssoAccount, ssoRole }: SsoAccess['values'], answer: HttpAnswer): AppError =>
  refused(
    'ROLE_REFUSED',
    {
      message: `Your sign-in may not use the role “${ssoRole}” in account ${ssoAccount}.`,
      likelyCause: 'The account or the role is misspelt, or it is not assigned to you.',
      hint: 'Check both on the start page, which lists what is assigned to you.',
      field: 'ssoRole',
    },
    answer,
  );

function refusedToStart(answer: HttpAnswer): AppError {
  const refusal = refusalIn(answer);
  if (refusal === undefined) return new AppError('UNEXPECTED_ANSWER', { details: answer.details });
  if (answer.status >= 500) return new AppError('SERVER_ERROR', { details: answer.details });
  return refused(
    'LOGIN_REFUSED',
    {
      message: 'IAM Identity Center does not know this start page in this region.',
      likelyCause: 'Start URL is misspelt, or the sign-in is in another region.',
      hint: 'Check Start URL and Sign-in region. Both are on the page “Access keys” of your start page.',
      field: 'ssoStartUrl',
    },
    answer,
  );
}

function refusedAtEnd(answer: HttpAnswer, refusal: string | undefined): AppError {
  if (refusal === 'expired_token') return tooLong();
  if (refusal === undefined) return new AppError('UNEXPECTED_ANSWER', { details: answer.details });
  return refused(
    'LOGIN_REFUSED',
    {
      message: 'The sign-in was refused, or given up in the browser.',
      likelyCause: 'You pressed Deny, or your account may not use IAM Identity Center.',
      hint: 'Sign in again. If it keeps happening, ask whoever administers AWS for you.',
      field: 'ssoToken',
    },
    answer,
  );
}

const tooLong = (): AppError =>
  refused('LOGIN_REFUSED', {
    message: 'Nobody signed in while the code was good.',
    likelyCause: 'The page was closed, or the code was not confirmed in time.',
    hint: 'Sign in again, and confirm the code in the browser.',
    field: 'ssoToken',
  });
