/** The token store: tokens, their lifetimes and their uses. */
import { randomBytes } from 'node:crypto';
import { inCidrs } from './cidrs';
import type { LogicalReply } from './reply';
import type { Clock, Instant } from './time';
import type { Dialect } from './dialect';

/** 768 hours: the server's default and longest lifetime of a token. */
export const SYSTEM_TTL_SECONDS = 2_764_800;

export interface Token {
  readonly id: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  /** '' for the root namespace, else as `admin/team/`. */
  readonly namespace: string;
  readonly displayName: string;
  readonly metadata: Readonly<Record<string, string>> | null;
  /** The path that created it, such as `auth/approle/login`. */
  readonly path: string;
  readonly orphan: boolean;
  readonly entityId: string;
  readonly type: 'service' | 'batch';
  readonly createdAt: Instant;
  /** Seconds at creation; 0: never expires. */
  readonly ttl: number;
  /** Seconds; 0: none. */
  readonly explicitMaxTtl: number;
  /** The limit of renewals, in seconds. */
  readonly maxTtl: number;
  /** Seconds; 0: not periodic. */
  readonly period: number;
  readonly renewable: boolean;
  /** Networks that it may be used from; empty for any. */
  readonly boundCidrs: readonly string[];
  expiresAt: Instant | undefined;
  /** 0: without limit; -1: this is the last use. */
  usesLeft: number;
  /** The content of a response-wrapping token. */
  readonly wrapped?: { readonly reply: LogicalReply; readonly path: string } | undefined;
}

export interface TokenRequest {
  readonly id?: string | undefined;
  readonly policies: readonly string[];
  readonly namespace?: string | undefined;
  readonly namespaceId?: string | undefined;
  readonly displayName?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | null | undefined;
  readonly path?: string | undefined;
  readonly orphan?: boolean | undefined;
  readonly entityId?: string | undefined;
  readonly type?: 'service' | 'batch' | undefined;
  /** Seconds; 0: never expires (root only). Default: the server's. */
  readonly ttl?: number | undefined;
  readonly explicitMaxTtl?: number | undefined;
  readonly maxTtl?: number | undefined;
  readonly period?: number | undefined;
  readonly renewable?: boolean | undefined;
  readonly numUses?: number | undefined;
  readonly boundCidrs?: readonly string[] | undefined;
  readonly wrapped?: Token['wrapped'];
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export const randomLetters = (length: number): string =>
  Array.from(randomBytes(length), (byte) => LETTERS[byte % LETTERS.length]).join('');

export class TokenStore {
  readonly #tokens = new Map<string, Token>();
  readonly #clock: Clock;
  readonly #dialect: Dialect;

  constructor(clock: Clock, dialect: Dialect) {
    this.#clock = clock;
    this.#dialect = dialect;
  }

  create(request: TokenRequest): Token {
    const now = this.#clock.now();
    const period = request.period ?? 0;
    const explicitMaxTtl = request.explicitMaxTtl ?? 0;
    const maxTtl = Math.min(
      ...[request.maxTtl, explicitMaxTtl, SYSTEM_TTL_SECONDS].flatMap((limit) => limit || []),
    );
    const asked = request.ttl ?? (period > 0 ? period : SYSTEM_TTL_SECONDS);
    const ttl = period > 0 ? asked : Math.min(asked, maxTtl);
    const batch = request.type === 'batch';
    const suffix = request.namespaceId === undefined ? '' : `.${request.namespaceId}`;
    const prefix = batch
      ? this.#dialect.tokenPrefix.replace('s.', 'b.')
      : this.#dialect.tokenPrefix;
    const token: Token = {
      id: request.id ?? `${prefix}${randomLetters(24)}${suffix}`,
      accessor: batch ? '' : `${randomLetters(24)}${suffix}`,
      policies: [...new Set(request.policies)].toSorted(),
      namespace: request.namespace ?? '',
      displayName: request.displayName ?? 'token',
      metadata: request.metadata ?? null,
      path: request.path ?? 'auth/token/create',
      orphan: request.orphan ?? false,
      entityId: request.entityId ?? '',
      type: request.type ?? 'service',
      createdAt: now,
      ttl,
      explicitMaxTtl,
      maxTtl,
      period,
      renewable: ttl > 0 && !batch && (request.renewable ?? true),
      expiresAt: ttl > 0 ? now + ttl * 1000 : undefined,
      boundCidrs: request.boundCidrs ?? [],
      usesLeft: request.numUses ?? 0,
      wrapped: request.wrapped,
    };
    this.#tokens.set(token.id, token);
    return token;
  }

  /** A valid token; an expired token is removed. */
  find(id: string): Token | undefined {
    const token = this.#tokens.get(id);
    if (token?.expiresAt === undefined || token.expiresAt > this.#clock.now()) return token;
    this.#tokens.delete(id);
    return undefined;
  }

  /** A valid token that may be used from this address. One that never expires is bound to none. */
  findFrom(id: string, remoteAddress: string): Token | undefined {
    const token = this.find(id);
    if (token === undefined || token.ttl === 0 || token.boundCidrs.length === 0) return token;
    return inCidrs(remoteAddress, token.boundCidrs) ? token : undefined;
  }

  /** Counts one use. The last use still succeeds, and then the token is removed. */
  use(token: Token): void {
    if (token.usesLeft === 0) return;
    token.usesLeft = token.usesLeft === 1 ? -1 : token.usesLeft - 1;
    if (token.usesLeft === -1) this.#tokens.delete(token.id);
  }

  revoke(id: string): boolean {
    return this.#tokens.delete(id);
  }

  /** The remaining time in whole seconds, rounded as the server does; 0: never expires. */
  ttl(token: Token): number {
    if (token.expiresAt === undefined) return 0;
    const now = Math.round(this.#clock.now() / 1000) * 1000;
    return Math.max(0, Math.trunc((token.expiresAt - now) / 1000));
  }

  /** Extends a renewable token by `increment` seconds. Returns the granted and the requested seconds. */
  renew(token: Token, increment: number): { granted: number; asked: number; max: number } {
    const now = this.#clock.now();
    const asked = token.period > 0 ? token.period : increment > 0 ? increment : token.ttl;
    const end =
      token.period > 0
        ? now + asked * 1000
        : Math.min(now + asked * 1000, token.createdAt + token.maxTtl * 1000);
    token.expiresAt = end;
    return { granted: Math.max(0, Math.floor((end - now) / 1000 + 0.5)), asked, max: token.maxTtl };
  }
}
