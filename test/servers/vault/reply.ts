/** The answer of an engine, before the HTTP layer adds the envelope. */
import type { Plain } from './go-json';

export interface AuthReply {
  readonly clientToken: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly leaseDuration: number;
  readonly renewable: boolean;
  readonly entityId: string;
  readonly tokenType: 'service' | 'batch';
  readonly orphan: boolean;
  readonly numUses: number;
}

export interface WrapReply {
  readonly token: string;
  readonly accessor: string;
  readonly ttl: number;
  readonly creationTime: string;
  readonly creationPath: string;
  readonly wrappedAccessor?: string | undefined;
}

/** An answer in the usual envelope. */
export interface LogicalReply {
  readonly kind: 'logical';
  readonly status: number;
  readonly data?: Plain | undefined;
  readonly auth?: AuthReply | undefined;
  readonly wrap?: WrapReply | undefined;
  readonly warnings?: readonly string[] | undefined;
  readonly leaseDuration?: number | undefined;
  /** The accessor that a wrapping of this answer shows beside its own. */
  readonly accessor?: string | undefined;
  /** Since Vault 1.13 an answer names the type of the engine it came from. */
  readonly mountType?: string | undefined;
  /** Some `sys` answers carry their data at the top level as well. */
  readonly flattened?: boolean | undefined;
}

export interface ErrorReply {
  readonly kind: 'errors';
  readonly status: number;
  readonly errors: readonly string[];
}

/** An answer without an envelope, such as that of `sys/health`. */
export interface RawReply {
  readonly kind: 'raw';
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body: string;
}

export type Reply = LogicalReply | ErrorReply | RawReply;

export const ok = (data: Plain, more: Partial<LogicalReply> = {}): LogicalReply => ({
  kind: 'logical',
  status: 200,
  data,
  ...more,
});

export const noContent: Reply = { kind: 'raw', status: 204, body: '' };

export const errors = (status: number, ...texts: readonly string[]): ErrorReply => ({
  kind: 'errors',
  status,
  errors: texts,
});

/** Go's multierror; most refusals of the core are wrapped in it. */
export const oneError = (status: number, text: string): ErrorReply =>
  errors(status, `1 error occurred:\n\t* ${text}\n\n`);

export const notFound: Reply = errors(404);
export const permissionDenied: Reply = oneError(403, 'permission denied');
export const unsupportedOperation: Reply = oneError(405, 'unsupported operation');
export const unsupportedPath: Reply = oneError(404, 'unsupported path');

/** A 404 with a warning, as KV v2 answers paths of another form. */
export const notFoundWithWarning = (warning: string): Reply => ({
  kind: 'logical',
  status: 404,
  data: null,
  warnings: [warning],
});
