/**
 * The auth methods with a password. Sources: https://developer.hashicorp.com/vault/api-docs/auth/userpass and
 * https://developer.hashicorp.com/vault/api-docs/auth/ldap. The directory of LDAP is the list of users here.
 */
import type { JsonObject } from '@shared/model/json';
import { listField, secondsField, textField } from './body';
import type { Engine, EngineRequest } from './engine';
import { errors, noContent, notFound, ok, unsupportedPath, type Reply } from './reply';
import type { TokenRequest } from './tokens';

export interface User {
  readonly password: string;
  readonly policies: readonly string[];
  /** Seconds; 0: the server's default. */
  readonly tokenTtl: number;
}

/** Refused logins in a row that lock a user: https://developer.hashicorp.com/vault/docs/concepts/user-lockout */
const LOCKED_AFTER = 5;

export class Passwords implements Engine {
  readonly users = new Map<string, User>();
  /** The number of successful logins. */
  logins = 0;
  /** Set while the directory is down. */
  isUnreachable = false;
  /** Set if logins wait for a second factor. */
  asksForMore = false;
  readonly #refusals = new Map<string, number>();

  constructor(private readonly type: 'userpass' | 'ldap') {}

  exists(path: string): boolean {
    const name = /^users\/([^/]+)$/.exec(path)?.[1];
    return name === undefined || this.users.has(name);
  }

  /** The token to create, or a refusal. */
  login(name: string, body: JsonObject): TokenRequest | Reply {
    if (this.isUnreachable) {
      return errors(
        400,
        'ldap operation failed: error connecting to host "ldap://directory.internal": LDAP Result Code 200 "Network Error": dial tcp: connection refused',
      );
    }
    const password = textField(body, 'password');
    if (password === '') return errors(400, 'missing password');
    const refusals = this.#refusals.get(name) ?? 0;
    if (refusals >= LOCKED_AFTER) return errors(403, 'permission denied');
    const user = this.users.get(name);
    if (user?.password !== password) {
      this.#refusals.set(name, refusals + 1);
      return errors(
        400,
        this.type === 'ldap'
          ? 'ldap operation failed: failed to bind as user'
          : 'invalid username or password',
      );
    }
    this.#refusals.delete(name);
    this.logins += 1;
    return {
      policies: ['default', ...user.policies],
      ttl: user.tokenTtl || undefined,
      metadata: { username: name },
      orphan: true,
    };
  }

  handle({ path, operation, body }: EngineRequest): Reply {
    const name = /^users\/([^/]+)$/.exec(path)?.[1];
    if (name === undefined || this.type === 'ldap') return unsupportedPath;
    switch (operation) {
      case 'create':
      case 'update':
        this.users.set(name, {
          password: textField(body, 'password'),
          policies: listField(body, 'token_policies') ?? [],
          tokenTtl: secondsField(body, 'token_ttl') ?? 0,
        });
        return noContent;
      case 'read': {
        const user = this.users.get(name);
        if (user === undefined) return notFound;
        return ok({ token_policies: user.policies, token_ttl: user.tokenTtl });
      }
      case 'delete':
        this.users.delete(name);
        return noContent;
      case 'list':
      case 'patch':
        return unsupportedPath;
    }
  }
}
