/** A token from the form: taken as it is, looked after while it is in use. */
import { AppError, type AppErrorOptions, type ErrorDetails } from '@shared/errors';
import type { Expiry } from '@shared/model/connection';
import type { Secret } from '@core/secrets/secret';
import { untilAborted } from '@core/network/until-aborted';
import { TokenExaminer, namespacePrefixes, type Authentication } from './authentication';
import type { VaultClient } from './client';
import { LeaseKeeper, expiryOf, leaseTimes, type LeasedToken, type RenewCall } from './lease';
import { encodePath } from './paths';
import { detached } from './shared';
import type { TokenFacts } from './token';
import { lookUpWrapping, type Wrapped } from './wrapping';

/** A token is looked after only once it has been in use for a while: a test alone costs no lookup. */
const LOOK_AFTER_MS = 30_000;

export interface TokenAuthenticationParts {
  readonly token: Secret;
  readonly client: VaultClient;
  readonly enginePath: string;
  /** Where the token comes from: typed, or a sign-in. */
  readonly method?: 'Token' | 'OIDC';
  /** Of the sign-in; empty for the root. */
  readonly namespace?: string;
  /** Called if `expiry` may give another answer. */
  readonly onExpiry?: (() => void) | undefined;
}

export class TokenAuthentication implements Authentication {
  readonly method: 'Token' | 'OIDC';
  readonly #token: Secret;
  readonly #client: VaultClient;
  /** Where the token may be known: Vault Enterprise knows it in its own namespace and below. */
  readonly #namespaces: readonly string[];
  readonly #examiner: TokenExaminer;
  readonly #keeper: LeaseKeeper;
  readonly #onExpiry: () => void;
  #lease: LeasedToken | undefined;
  /** Where `renew-self` is asked. */
  #namespace = '';
  /** Calls off the lookup that a first use leads to; stays set, since one is enough. */
  #callOffLookup: (() => void) | undefined;
  #isDisposed = false;

  /** Throws `TOKEN_INVALID` if the text cannot be a token, nor be sent in a header. */
  constructor({
    token,
    client,
    enginePath,
    method = 'Token',
    namespace = '',
    onExpiry = () => undefined,
  }: TokenAuthenticationParts) {
    if (!/^[\x21-\x7e]+$/.test(token.reveal())) {
      throw new AppError('TOKEN_INVALID', {
        message: 'The token contains a character that tokens never have.',
        hint: 'Copy it once more. A token is one word of letters, digits and dots.',
      });
    }
    this.method = method;
    this.#token = token;
    this.#client = client;
    this.#namespaces = [...new Set(['', namespace, ...namespacePrefixes(enginePath)])];
    this.#examiner = new TokenExaminer(client, this.#namespaces);
    this.#onExpiry = onExpiry;
    this.#keeper = new LeaseKeeper(client.runtime, onExpiry);
  }

  async token(signal: AbortSignal): Promise<Secret> {
    this.#callOffLookup ??= this.#client.runtime.after(LOOK_AFTER_MS, () => this.#lookAfter());
    if (this.#lease !== undefined) {
      await untilAborted(this.#keeper.renewWhereDue(this.#lease, this.#renew), signal);
    }
    return this.#token;
  }

  async afterForbidden(_token: Secret, sentAt: number, signal: AbortSignal): Promise<undefined> {
    if (await this.#examiner.isBad(this.#token, sentAt, signal)) throw this.#invalid();
    return undefined;
  }

  async verify(signal: AbortSignal): Promise<TokenFacts | undefined> {
    // Asked first, since a lookup with a wrapping token as its token would use that up.
    const wrapped = await lookUpWrapping(this.#client, this.#token, this.#namespaces, signal);
    if (wrapped !== undefined) throw isWrapped(wrapped);
    const verdict = await this.#examiner.lookUp(this.#token, signal);
    if (verdict.state === 'invalid') throw this.#invalid(verdict.answer.details);
    return verdict.state === 'valid' ? verdict.facts : undefined;
  }

  expiry(): Expiry | undefined {
    return this.#lease && expiryOf(this.#lease, this.method === 'OIDC' ? 'sign-in' : 'token');
  }

  dispose(): void {
    // The token itself is not ended: it belongs to whoever entered it.
    this.#isDisposed = true;
    this.#callOffLookup?.();
    this.#keeper.stop();
  }

  /** Learns how long the token is good for, and renews it from then on if that can be done. */
  async #lookAfter(): Promise<void> {
    const asked = this.#client.runtime.now();
    try {
      const verdict = await this.#examiner.lookUp(this.#token, detached());
      if (verdict.state !== 'valid' || this.#isDisposed) return;
      const { ttl = 0, renewable = false, usesLeft = 0, namespace = '' } = verdict.facts;
      // Each renewal would take one of a limited number of uses.
      const lease = leaseTimes(asked, ttl, renewable && usesLeft === 0);
      this.#lease = { token: this.#token, ...lease };
      this.#namespace = namespace;
      this.#onExpiry();
      this.#keeper.keep(this.#lease, this.#renew);
    } catch {
      // Nobody waits for this; the next use asks again.
      this.#callOffLookup = undefined;
    }
  }

  readonly #renew: RenewCall = (token) =>
    this.#client.send(
      {
        method: 'POST',
        path: encodePath(this.#namespace, 'auth/token/renew-self'),
        token,
        body: '{}',
      },
      detached(),
    );

  /** Vault gives one answer to a token that has expired and to one that never was. */
  #invalid(details?: ErrorDetails): AppError {
    if (this.method === 'OIDC') {
      return new AppError('TOKEN_INVALID', {
        message: 'The sign-in has ended.',
        likelyCause: 'Its time is up, or an administrator of Vault has revoked it.',
        hint: 'Sign in again.',
        remedy: { open: 'connection', field: 'oidcToken' },
        details,
      });
    }
    if (this.#lease === undefined) {
      return new AppError('TOKEN_INVALID', {
        ...suspicion(this.#token, this.#namespaces),
        details,
      });
    }
    const hasExpired = this.#client.runtime.now() >= this.#lease.expiresAt;
    return new AppError('TOKEN_INVALID', {
      message: hasExpired ? 'The token has expired.' : 'The token is no longer valid.',
      likelyCause: hasExpired
        ? 'It cannot be renewed, or has reached its maximum TTL.'
        : 'It was good before, and was revoked or used up since.',
      details,
    });
  }
}

/** What the form of an unknown token suggests; nothing if it looks like a token. */
function suspicion(
  token: Secret,
  namespaces: readonly string[],
): Pick<AppErrorOptions, 'likelyCause' | 'hint'> {
  const text = token.reveal();
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text)) {
    return {
      likelyCause: 'It has the form of a Role ID or Secret ID.',
      hint: 'Those go in with Authentication set to AppRole. Otherwise enter a fresh token.',
    };
  }
  // Vault Enterprise and OpenBao append the id of the namespace that a token was made in.
  if (/^(hvs|s)\.[^.]+\.[^.]+$/.test(text) && namespaces.length === 1) {
    return {
      likelyCause: 'It was made inside a namespace, and Engine Path names none.',
      hint: 'Begin Engine Path with the namespace, as in admin/secret. If that is not it, enter a fresh token.',
    };
  }
  if (!/^(hv[sb]|[sb])\./.test(text)) {
    return {
      likelyCause: 'It was not copied whole: tokens mostly start with hvs.',
      hint: 'Copy it once more, or enter a fresh token.',
    };
  }
  return {};
}

const wrappedTexts = {
  'secret-id': {
    message: 'This is not a token to work with, but a wrapping token with a Secret ID in it.',
    hint: 'Choose AppRole, enter it as Secret ID and turn on “Secret ID is wrapped”. It has not been used up.',
  },
  token: {
    message: 'This is not a token to work with, but a wrapping token with a token in it.',
    hint: 'Unwrap it with “vault unwrap” and enter the token that it gives. It has not been used up.',
  },
  other: {
    message: 'This is not a token to work with, but a wrapping token.',
    hint: 'Ask the person who gave it to you what is in it. It has not been used up.',
  },
} as const satisfies Record<Wrapped, { readonly message: string; readonly hint: string }>;

const isWrapped = (wrapped: Wrapped): AppError =>
  new AppError('TOKEN_INVALID', { ...wrappedTexts[wrapped], details: { field: 'token' } });
