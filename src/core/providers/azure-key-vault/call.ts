/** One call of the API. */
export interface ApiCall {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** Path and query, without the version of the API: `secrets/name?maxresults=25`. */
  readonly path: string;
  readonly body?: unknown;
  /** The secret that the call is about, for messages. */
  readonly secret?: string;
  /** The permission that the call needs, such as `list`. */
  readonly permission: string;
}
