/** Faults on command: which request meets them, when, and what comes back instead of the answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export type FaultAnswer =
  /** A failure in the service's own form. 400 unless `status` says otherwise. */
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly message?: string;
      readonly status?: number;
    }
  /** Any answer. */
  | {
      readonly kind: 'http';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The page of a proxy or login portal. 502 unless `status` says otherwise. */
  | { readonly kind: 'html'; readonly status?: number }
  /** The connection closes without a byte of an answer. */
  | { readonly kind: 'drop' }
  /** The connection is reset when half of the answer has been sent. */
  | { readonly kind: 'reset' }
  /** A complete HTTP answer with half of the JSON in it. */
  | { readonly kind: 'truncate' }
  /** The right answer, `bytes` at a time. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** 200 with a JSON object of about this many bytes. */
  | { readonly kind: 'oversize'; readonly bytes: number }
  /** 200 with JSON nested this deeply. */
  | { readonly kind: 'deep'; readonly levels: number }
  /** 307; to this server itself, without end, unless `location` says otherwise. */
  | { readonly kind: 'redirect'; readonly location?: string; readonly status?: number }
  /** No answer for as long as the server runs. */
  | { readonly kind: 'hang' };

/**
 * `Noun` is what the service calls the things it holds: `{ secret: 'app' }` or `{ parameter: '/app/KEY' }`
 * matches a request that names it, alone or in a list.
 */
export type RequestMatch<Noun extends string> = {
  /** The name of an operation, or several. Default: any. */
  readonly operation?: string | readonly string[];
  readonly accessKeyId?: string;
} & { readonly [N in Noun]?: string };

export type FaultRule<Noun extends string> = RequestMatch<Noun> & {
  /** The number of matching requests that pass first. */
  readonly skip?: number;
  /** The number of requests that meet it. Default: 1; Infinity for all. */
  readonly times?: number;
  /** Waits before anything else happens. */
  readonly delayMs?: number;
  /** True: the operation takes effect and only its answer is lost or replaced. */
  readonly applied?: boolean;
  /** Default: the real answer, after the delay. `reset`, `truncate` and `drip` always apply. */
  readonly answer?: FaultAnswer;
};

export interface Fault {
  /** The number of requests that have met it. */
  readonly hits: number;
  remove(): void;
}

export interface Hold {
  /** Resolves when a matching request has arrived and, with `applied`, has taken effect. */
  readonly reached: Promise<void>;
  /** Lets the request go on. */
  release(): void;
}

export interface Described {
  readonly operation: string;
  /** The names and ids as the request gives them. */
  readonly targets: readonly string[];
  readonly accessKeyId: string | undefined;
}

export interface ActiveFault {
  readonly delayMs: number;
  readonly applied: boolean;
  readonly answer: FaultAnswer | undefined;
  /** Waits before the operation. */
  readonly before: Gate | undefined;
  /** Waits before the answer of an operation that has taken effect. */
  readonly after: Gate | undefined;
}

type Gate = () => Promise<void>;

interface Entry<Noun extends string> {
  readonly rule: FaultRule<Noun>;
  readonly gate: Gate | undefined;
  seen: number;
  hits: number;
}

const realAnswerKinds: ReadonlySet<string> = new Set(['reset', 'truncate', 'drip']);

export class Faults<Noun extends string> {
  private entries: Entry<Noun>[] = [];

  constructor(private readonly noun: Noun) {}

  add(rule: FaultRule<Noun>): Fault {
    return this.register(rule, undefined);
  }

  /** Holds one matching request, so that a test can act while it is under way. */
  hold(match: RequestMatch<Noun> & { readonly applied?: boolean; readonly skip?: number }): Hold {
    let arrive = (): void => {};
    let release = (): void => {};
    const reached = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const fault = this.register({ ...match, times: 1 }, async () => {
      arrive();
      await released;
    });
    return {
      reached,
      release: () => {
        fault.remove();
        release();
      },
    };
  }

  clear(): void {
    this.entries = [];
  }

  private register(rule: FaultRule<Noun>, gate: Gate | undefined): Fault {
    const entry: Entry<Noun> = { rule, gate, seen: 0, hits: 0 };
    this.entries.push(entry);
    return {
      get hits() {
        return entry.hits;
      },
      remove: () => {
        this.entries = this.entries.filter((other) => other !== entry);
      },
    };
  }

  /** The first rule that matches this request. Counts it. */
  take(request: Described): ActiveFault | undefined {
    for (const entry of this.entries) {
      const { rule } = entry;
      if (!this.matches(rule, request)) continue;
      entry.seen += 1;
      if (entry.seen <= (rule.skip ?? 0) || entry.hits >= (rule.times ?? 1)) continue;
      entry.hits += 1;
      return {
        delayMs: rule.delayMs ?? 0,
        applied:
          rule.applied === true ||
          rule.answer === undefined ||
          realAnswerKinds.has(rule.answer.kind),
        answer: rule.answer,
        before: rule.applied === true ? undefined : entry.gate,
        after: rule.applied === true ? entry.gate : undefined,
      };
    }
    return undefined;
  }

  private matches(rule: RequestMatch<Noun>, request: Described): boolean {
    const { operation, accessKeyId } = rule;
    const target: string | undefined = rule[this.noun];
    if (operation !== undefined && ![operation].flat().includes(request.operation)) return false;
    if (accessKeyId !== undefined && accessKeyId !== request.accessKeyId) return false;
    return target === undefined || request.targets.includes(target);
  }
}

/** An answer of the service. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const html =
  '<!DOCTYPE html><html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1><p>The upstream server could not be reached.</p></body></html>';

export interface Delivery {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The answer of the service; undefined when the operation was not applied. */
  readonly answer: Answer | undefined;
  readonly errorAnswer: (code: string, message: string, status: number) => Answer;
  readonly ownUrl: string;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
}

/** Sends the answer of `fault` instead of the real one. */
export async function deliverFault(fault: FaultAnswer, delivery: Delivery): Promise<void> {
  const { request, response, answer, stopping } = delivery;
  const body = Buffer.from(answer?.body ?? '');
  const json = { 'Content-Type': 'application/x-amz-json-1.1' };
  switch (fault.kind) {
    case 'error': {
      const message = fault.message ?? 'A failure on command.';
      send(response, delivery.errorAnswer(fault.code, message, fault.status ?? 400));
      return;
    }
    case 'http':
      send(response, {
        status: fault.status,
        headers: fault.headers ?? {},
        body: fault.body ?? '',
      });
      return;
    case 'html':
      send(response, {
        status: fault.status ?? 502,
        headers: { 'Content-Type': 'text/html; charset=utf-8' },
        body: html,
      });
      return;
    case 'drop':
      request.socket.destroy();
      return;
    case 'reset':
      response.writeHead(answer?.status ?? 200, {
        ...answer?.headers,
        'Content-Length': body.length,
      });
      await new Promise<void>((resolve) => {
        response.write(body.subarray(0, Math.floor(body.length / 2)), () => resolve());
      });
      request.socket.resetAndDestroy();
      return;
    case 'truncate':
      send(response, {
        status: answer?.status ?? 200,
        headers: answer?.headers ?? json,
        body: body.subarray(0, Math.floor(body.length / 2)).toString(),
      });
      return;
    case 'drip':
      response.writeHead(answer?.status ?? 200, {
        ...answer?.headers,
        'Content-Length': body.length,
      });
      for (let start = 0; start < body.length && !response.destroyed; start += fault.bytes) {
        response.write(body.subarray(start, start + fault.bytes));
        await sleep(fault.everyMs, undefined, { signal: stopping }).catch(() => undefined);
        if (stopping.aborted) return;
      }
      response.end();
      return;
    case 'oversize':
      response.writeHead(200, json);
      await writeLarge(response, fault.bytes);
      return;
    case 'deep':
      send(response, {
        status: 200,
        headers: json,
        body: `${'{"a":'.repeat(fault.levels)}1${'}'.repeat(fault.levels)}`,
      });
      return;
    case 'redirect':
      send(response, {
        status: fault.status ?? 307,
        headers: { Location: fault.location ?? delivery.ownUrl },
        body: '',
      });
      return;
    case 'hang':
      return;
  }
}

async function writeLarge(response: ServerResponse, bytes: number): Promise<void> {
  const chunk = 'x'.repeat(64 * 1024);
  response.write('{"Padding":"');
  for (let sent = 0; sent < bytes && !response.destroyed; sent += chunk.length) {
    await new Promise<void>((resolve) => {
      response.write(chunk, () => resolve());
    });
  }
  response.end('"}');
}

export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return;
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'Content-Length': bytes.length });
  response.end(bytes);
}
