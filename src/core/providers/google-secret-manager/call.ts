export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/v1/`, with each part percent-encoded already. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The secret that the call is about, for messages. */
  readonly secret?: string;
  /** The permission that the call needs, such as `secretmanager.secrets.list`. */
  readonly permission: string;
}
