/** Faults on command, for any stand-in: which requests meet them, how often, and what happens. */

/** The parts of a request that a fault can match. */
export interface FaultTarget {
  readonly method: string;
  /** As the stand-in names it; the Vault stand-in: decoded, without `/v1/` and query. */
  readonly path: string;
}

export type Match<T extends FaultTarget> =
  | ((request: T) => boolean)
  | {
      readonly method?: string | readonly string[];
      /** A text matches the whole path, or the start of it if the text ends in `*`. */
      readonly path?: string | RegExp;
    };

/** What goes wrong. `applied` says whether the request takes effect anyway. */
export type Effect =
  /** Another answer. A body that is not a text is sent as JSON. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
      readonly applied?: boolean;
    }
  /** The connection is closed without an answer. */
  | { readonly kind: 'drop'; readonly applied: boolean }
  /** No answer ever, until the client or the server closes the connection. */
  | { readonly kind: 'hang'; readonly applied: boolean }
  /** The connection is reset in the middle of the right answer's body. */
  | { readonly kind: 'reset' }
  /** The right answer, a few bytes at a time. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** A complete HTTP answer with half of its JSON. */
  | { readonly kind: 'truncate' }
  /** The right answer with this many bytes of white space in front: still valid JSON. */
  | { readonly kind: 'pad'; readonly bytes: number }
  /** Redirects to a URL; without one, to itself for ever. */
  | { readonly kind: 'redirect'; readonly status?: number; readonly to?: string };

export interface Fault<T extends FaultTarget = FaultTarget> {
  /** Default: every request. */
  readonly match?: Match<T>;
  /** The number of matching requests that pass before the fault starts. */
  readonly skip?: number;
  /** The number of requests that meet it. Default: all. */
  readonly times?: number;
  /** A function is called for each request that meets the fault. */
  readonly delayMs?: number | (() => number);
  /** Holds the request, before it takes effect, until this settles. */
  readonly until?: Promise<unknown>;
  /** Default: none, only the delay. */
  readonly effect?: Effect;
}

export interface FaultHandle {
  /** The number of requests that have met it. */
  readonly hits: number;
  /** Resolves when the first request meets it. */
  readonly reached: Promise<void>;
  remove(): void;
}

/** Holds requests until it is opened, so that tests need no sleep. */
export interface Gate extends FaultHandle {
  open(): void;
}

export interface Outage {
  /** Resolves when the first request has been dropped. */
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

  /** A request meets the oldest fault that matches. */
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
   * Drops the first matching request, `applied` or not, and then every request, or those that `then`
   * matches. Until `repair` is called, nobody can find out whether the first request took effect.
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

/** A page that a proxy or a login portal sends instead of the service. */
export const htmlAnswer = (status: number, title = 'Bad Gateway'): Effect => ({
  kind: 'answer',
  status,
  headers: { 'Content-Type': 'text/html; charset=utf-8' },
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});
