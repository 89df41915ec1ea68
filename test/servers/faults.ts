/** Faults on command, for any stand-in: which requests they meet, how often, and what they do. */

/** What a request is matched by. */
export interface FaultTarget {
  readonly method: string;
  /** As the stand-in names it; the Vault stand-in: decoded, without `/v1/` and query. */
  readonly path: string;
}

export type Match<T extends FaultTarget> =
  | ((request: T) => boolean)
  | {
      readonly method?: string | readonly string[];
      /** A text matches the whole path, or its beginning where it ends in `*`. */
      readonly path?: string | RegExp;
    };

/** What goes wrong. `applied` says whether the request takes effect all the same. */
export type Effect =
  /** Another answer. A body that is no text is sent as JSON. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly applied?: boolean;
    }
  /** The connection is closed, without one byte of an answer. */
  | { readonly kind: 'drop'; readonly applied: boolean }
  /** No answer ever, until the client or the server closes the connection. */
  | { readonly kind: 'hang'; readonly applied: boolean }
  /** The right answer, and in the middle of its body the connection is reset. */
  | { readonly kind: 'reset' }
  /** The right answer, a few bytes at a time. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** A complete HTTP answer with half of its JSON. */
  | { readonly kind: 'truncate' }
  /** The right answer with this many bytes of white space before it: still valid JSON. */
  | { readonly kind: 'pad'; readonly bytes: number }
  /** Redirects to a URL; without one, for ever to itself. */
  | { readonly kind: 'redirect'; readonly status?: number; readonly to?: string };

export interface Fault<T extends FaultTarget = FaultTarget> {
  /** Left out: every request. */
  readonly match?: Match<T>;
  /** How many matching requests pass before the fault begins. */
  readonly skip?: number;
  /** How many it meets; left out: all. */
  readonly times?: number;
  readonly delayMs?: number;
  /** Holds the request, before it takes effect, until this settles. */
  readonly until?: Promise<unknown>;
  /** Left out: the delay is all. */
  readonly effect?: Effect;
}

export interface FaultHandle {
  /** How many requests it has met. */
  readonly hits: number;
  /** Settles when it has met the first. */
  readonly reached: Promise<void>;
  remove(): void;
}

/** Holds requests until it is opened: an order of events without sleeping. */
export interface Gate extends FaultHandle {
  open(): void;
}

export interface Outage {
  /** Settles when the first request has been dropped. */
  readonly reached: Promise<void>;
  repair(): void;
}

interface Entry<T extends FaultTarget> {
  readonly fault: Fault<T>;
  seen: number;
  hits: number;
  readonly reach: () => void;
}

function matches<T extends FaultTarget>(match: Match<T> | undefined, request: T): boolean {
  if (match === undefined) return true;
  if (typeof match === 'function') return match(request);
  const { method, path } = match;
  if (method !== undefined && ![method].flat().includes(request.method)) return false;
  if (path === undefined) return true;
  if (path instanceof RegExp) return path.test(request.path);
  return path.endsWith('*') ? request.path.startsWith(path.slice(0, -1)) : request.path === path;
}

export class Faults<T extends FaultTarget = FaultTarget> {
  readonly #entries = new Set<Entry<T>>();

  /** The oldest fault that matches is the one that is met. */
  add(fault: Fault<T>): FaultHandle {
    const { promise, resolve } = withResolvers();
    const entry: Entry<T> = { fault, seen: 0, hits: 0, reach: resolve };
    this.#entries.add(entry);
    return {
      get hits() {
        return entry.hits;
      },
      reached: promise,
      remove: () => {
        this.#entries.delete(entry);
      },
    };
  }

  /** Holds the matching requests; `open` lets them and all later ones go on. */
  gate(match?: Match<T>): Gate {
    const { promise, resolve } = withResolvers();
    const handle = this.add({ ...(match === undefined ? {} : { match }), until: promise });
    return {
      get hits() {
        return handle.hits;
      },
      reached: handle.reached,
      remove: () => {
        handle.remove();
        resolve();
      },
      open: () => {
        handle.remove();
        resolve();
      },
    };
  }

  /**
   * Drops the first request that matches, `applied` or not, and whatever comes after it, or of that
   * what `then` matches: nobody can look whether it took effect until `repair` is called.
   */
  outage(match: Match<T>, applied: boolean, then?: Match<T>): Outage {
    const first = this.add({ match, times: 1, effect: { kind: 'drop', applied } });
    const rest = this.add({
      match: (request) => first.hits > 0 && matches(then, request),
      effect: { kind: 'drop', applied: false },
    });
    return {
      reached: first.reached,
      repair: () => {
        first.remove();
        rest.remove();
      },
    };
  }

  clear(): void {
    this.#entries.clear();
  }

  /** For the stand-ins: the fault that this request meets, if any. Counts it. */
  take(request: T): Fault<T> | undefined {
    for (const entry of this.#entries) {
      const { skip = 0, times = Number.POSITIVE_INFINITY, match } = entry.fault;
      if (entry.hits >= times || !matches(match, request)) continue;
      entry.seen += 1;
      if (entry.seen <= skip) continue;
      entry.hits += 1;
      entry.reach();
      return entry.fault;
    }
    return undefined;
  }
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A page such as a proxy or a login portal sends in place of the service. */
export const htmlAnswer = (status: number, title = 'Bad Gateway'): Effect => ({
  kind: 'answer',
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});
