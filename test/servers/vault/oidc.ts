/**
 * The OIDC auth method, and an identity provider that signs everybody in. Source:
 * https://developer.hashicorp.com/vault/api-docs/auth/jwt#oidc-authorization-url-request
 */
import { randomUUID } from 'node:crypto';
import type { JsonObject } from '@shared/model/json';
import type { HttpAnswer } from '../http-listener';
import { textField } from './body';
import type { Engine } from './engine';
import { errors, ok, unsupportedPath, type Reply } from './reply';
import type { TokenRequest } from './tokens';

export interface OidcRole {
  readonly policies: readonly string[];
  readonly redirects: readonly string[];
  /** Seconds. */
  readonly tokenTtl: number;
}

interface Pending {
  readonly role: OidcRole;
  readonly redirect: string;
  readonly clientNonce: string;
  code?: string;
}

const AUTHORIZE = '/idp/authorize';

export class Oidc implements Engine {
  readonly roles = new Map<string, OidcRole>();
  defaultRole = '';
  /** Set if the person refuses, or may not use the application. */
  refuses = false;
  /** Set if the account has none of the claims that the role asks for. */
  lacksClaims = false;
  /** The number of successful logins. */
  logins = 0;
  readonly #pending = new Map<string, Pending>();

  constructor(private readonly url: () => string) {}

  exists(): boolean {
    return true;
  }

  handle(): Reply {
    return unsupportedPath;
  }

  authUrl(body: JsonObject): Reply {
    const name = textField(body, 'role') || this.defaultRole;
    if (name === '') return errors(400, 'missing role');
    const role = this.roles.get(name);
    if (role === undefined) return errors(400, `role "${name}" could not be found`);
    const redirect = textField(body, 'redirect_uri');
    if (!role.redirects.includes(redirect)) return ok({ auth_url: '' });
    const state = randomUUID();
    const clientNonce = textField(body, 'client_nonce');
    this.#pending.set(state, { role, redirect, clientNonce });
    const query = new URLSearchParams({ redirect_uri: redirect, state, response_type: 'code' });
    return ok({ auth_url: `${this.url()}${AUTHORIZE}?${query.toString()}` });
  }

  /** The page of the identity provider: sends the browser back at once. `undefined` for a state of another one. */
  authorize(query: URLSearchParams): HttpAnswer | undefined {
    const state = query.get('state') ?? '';
    const pending = this.#pending.get(state);
    if (pending === undefined) return undefined;
    pending.code = randomUUID();
    const back = new URLSearchParams(
      this.refuses ? { error: 'access_denied', state } : { code: pending.code, state },
    );
    return {
      status: 302,
      headers: { Location: `${pending.redirect}?${back.toString()}` },
      body: '',
    };
  }

  /** The token to create, or a refusal. A state is good once. */
  login(query: URLSearchParams): TokenRequest | Reply {
    const state = query.get('state') ?? '';
    const pending = this.#pending.get(state);
    this.#pending.delete(state);
    if (pending === undefined) return errors(400, 'Expired or missing OAuth state.');
    if (pending.clientNonce !== (query.get('client_nonce') ?? '')) {
      return errors(400, 'invalid client_nonce');
    }
    if (pending.code === undefined || pending.code !== query.get('code')) {
      return errors(400, 'error exchanging oidc code');
    }
    if (this.lacksClaims) return errors(400, 'error validating claims: claim "groups" is missing');
    this.logins += 1;
    const { policies, tokenTtl } = pending.role;
    return { policies: ['default', ...policies], ttl: tokenTtl, orphan: true };
  }
}

export const isAuthorize = (target: string): boolean => target.startsWith(`${AUTHORIZE}?`);
