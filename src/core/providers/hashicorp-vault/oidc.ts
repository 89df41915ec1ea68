/**
 * Sign-in by OIDC in the browser. Vault speaks with the identity provider; Strongroom hands the browser over, and what it
 * brings back to Vault. Source: https://developer.hashicorp.com/vault/api-docs/auth/jwt#oidc-authorization-url-request
 */
import { randomBytes } from 'node:crypto';
import { AppError, type AppErrorOptions } from '@shared/errors';
import { z } from 'zod';
import { listenForCallback } from '@core/network/callback';
import { Secret } from '@core/secrets/secret';
import type { SignInStep } from '../provider';
import type { VaultAnswer } from './answer';
import { answerError } from './errors';
import { authSchema } from './lease';
import { sendAlone, type VaultAccess } from './login';
import { encodePath, type EncodedPath } from './paths';

export interface OidcSignIn extends VaultAccess {
  /** Without `auth/`. */
  readonly mount: string;
  readonly namespace: string;
  /** Empty for the default role of the auth method. */
  readonly role: string;
  readonly port: number;
}

/** Vault forgets a sign-in that takes longer. */
const PATIENCE_MS = 5 * 60 * 1000;

const CALLBACK = '/oidc/callback';

const urlSchema = z.object({ data: z.object({ auth_url: z.string() }) });

/** Throws `LOGIN_REFUSED`, `CANCELLED`, and network codes. The port is free again at the end, whatever happens. */
export async function* signInByOidc(
  access: OidcSignIn,
  signal: AbortSignal,
): AsyncGenerator<SignInStep, void, undefined> {
  const { mount, namespace, role, port, runtime } = access;
  const callback = await listenForCallback({ port, path: CALLBACK, field: 'callbackPort' });
  try {
    const redirect = `http://localhost:${String(port)}${CALLBACK}`;
    const clientNonce = randomBytes(20).toString('base64url');
    const asked = await sendAlone(access, {
      method: 'POST',
      path: encodePath('auth', mount, 'oidc/auth_url'),
      namespace,
      body: JSON.stringify({ role, redirect_uri: redirect, client_nonce: clientNonce }),
    });
    if (!asked.isSuccess) throw refusedToStart(asked, access);
    const url = asked.parse(urlSchema).data.auth_url;
    // Vault says no more than this to a redirect that the role does not allow.
    if (url === '') throw redirectNotAllowed(redirect);
    const state = stateOf(url);
    if (state === undefined) throw asked.unexpected();
    const patience = new AbortController();
    const stopWaiting = runtime.after(PATIENCE_MS, () => patience.abort(tooLong()));
    // Listens before anybody opens the page.
    const coming = callback
      .parameters(state, AbortSignal.any([signal, patience.signal]))
      .finally(stopWaiting);
    coming.catch(() => undefined);
    yield { type: 'open', url };
    const parameters = await coming;
    if (parameters.has('error')) throw refusedByProvider(parameters.get('error') ?? '');
    const query = new URLSearchParams({
      state,
      code: parameters.get('code') ?? '',
      client_nonce: clientNonce,
    });
    const startedAt = runtime.now();
    const answer = await sendAlone(access, {
      method: 'GET',
      path: `${encodePath('auth', mount, 'oidc/callback')}?${query.toString()}` as EncodedPath,
      namespace,
    });
    if (!answer.isSuccess) throw refusedAtEnd(answer);
    const { auth } = answer.parse(authSchema);
    yield {
      type: 'done',
      credentials: { oidcToken: new Secret(auth.client_token) },
      ...(auth.lease_duration > 0 && { expiresAt: startedAt + auth.lease_duration * 1000 }),
    };
  } finally {
    callback.close();
  }
}

/** The state that the browser brings back; `undefined` if the address is not one to open. */
function stateOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, searchParams } = new URL(address);
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback)) return undefined;
  return searchParams.get('state') ?? undefined;
}

const refused = (
  { field, ...options }: AppErrorOptions & { readonly field: string },
  answer?: VaultAnswer,
): AppError =>
  new AppError('LOGIN_REFUSED', {
    ...options,
    remedy: { open: 'connection', field },
    details: { ...answer?.details, field },
  });

/** The texts are those of `hashicorp/vault-plugin-auth-jwt`, `path_oidc.go`. */
function refusedToStart(answer: VaultAnswer, { mount, role }: OidcSignIn): AppError {
  const complaints = answer.complaints.join('\n');
  if (/missing role/i.test(complaints)) {
    return refused(
      {
        message: 'The OIDC auth method has no default role.',
        hint: 'Enter the role that your administrator made for you as Role.',
        field: 'oidcRole',
      },
      answer,
    );
  }
  if (/role .* could not be found|invalid role/i.test(complaints)) {
    return refused(
      {
        message: `Vault has no OIDC role “${role}”.`,
        likelyCause: 'It is misspelt, or belongs to another auth mount.',
        hint: 'Check Role and Auth mount.',
        field: 'oidcRole',
      },
      answer,
    );
  }
  if (
    /no handler for route|unsupported path|namespace not found/i.test(complaints) ||
    answer.status === 403
  ) {
    return refused(
      {
        message: `There is no OIDC sign-in at “${mount}”.`,
        likelyCause: 'The auth method is mounted at another path, or is in another namespace.',
        hint: 'Check Auth mount and Namespace.',
        field: 'authMount',
      },
      answer,
    );
  }
  return answerError(answer);
}

const redirectNotAllowed = (redirect: string): AppError =>
  refused({
    message: 'Vault gave no address to sign in at.',
    likelyCause: `The role does not allow the redirect ${redirect}.`,
    hint: `Ask your Vault administrator to add ${redirect} to allowed_redirect_uris of the role.`,
    field: 'oidcRole',
  });

/** Of https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1; the text beside the code is not shown. */
const refusedByProvider = (code: string): AppError =>
  refused({
    message:
      code === 'access_denied'
        ? 'The sign-in was refused, or given up in the browser.'
        : 'The identity provider reported an error.',
    likelyCause: 'Your account may not use this application, or you pressed Cancel.',
    hint: 'Sign in again. If it keeps happening, ask whoever administers the identity provider.',
    field: 'oidcToken',
  });

function refusedAtEnd(answer: VaultAnswer): AppError {
  const complaints = answer.complaints.join('\n');
  if (/expired|not valid yet|iat|nbf|clock/i.test(complaints)) {
    return refused(
      {
        message: 'Vault found the sign-in out of its time.',
        likelyCause: 'It took longer than some minutes, or the clock of Vault is wrong.',
        hint: 'Sign in again. If it keeps happening, tell your Vault administrator.',
        field: 'oidcToken',
      },
      answer,
    );
  }
  return refused(
    {
      message: 'You are signed in, and Vault does not let you in.',
      likelyCause:
        'The role asks for a group or another claim that your account does not have, or your entity is disabled.',
      hint: 'Use another role, or ask your Vault administrator what the role is bound to.',
      field: 'oidcRole',
    },
    answer,
  );
}

const tooLong = (): AppError =>
  refused({
    message: 'Nobody signed in within five minutes.',
    likelyCause: 'The page was closed, or the browser is on another computer.',
    hint: 'Sign in again, and finish in the browser of this computer.',
    field: 'oidcToken',
  });
