/** One request that a person makes to try a grant, and its answer. */
import type { Client } from '@shared/contract/window';
import type { ErrorReport } from '@shared/errors';
import { createStore } from 'zustand';
import { errorReport, isCancelled } from '../../bridge';

/** As much of a body is kept to be shown, in bytes. */
export const SHOWN_BYTES = 256 * 1024;

export interface Answer {
  readonly status: number;
  /** The URL that answered, after redirects. */
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Milliseconds until the answer began. */
  readonly duration: number;
  /** `undefined` if it is no text. */
  readonly body: string | undefined;
  /** Of the whole body, in bytes. */
  readonly size: number;
  readonly isCut: boolean;
  /** In how many places of the body the credential was hidden. */
  readonly replaced: number;
}

export type AttemptState =
  | { readonly phase: 'idle' | 'sending' | 'waiting' | 'cancelled' }
  | { readonly phase: 'answered'; readonly answer: Answer }
  | { readonly phase: 'failed'; readonly error: ErrorReport };

export type AttemptedRequest = Parameters<Client['requests']['send']>[0];

export interface Attempt {
  readonly state: AttemptState;
  /** Sends a request, unless one is under way. */
  send(this: void, request: AttemptedRequest): Promise<void>;
  cancel(this: void): void;
  /** Forgets the answer, and cancels what is under way. */
  forget(this: void): void;
}

interface AttemptOptions {
  /** A request was sent or refused. */
  readonly onEnded: () => Promise<void>;
  /** Milliseconds that only go up. */
  readonly now: () => number;
}

type Event =
  Awaited<ReturnType<Client['requests']['send']>> extends AsyncIterable<infer One> ? One : never;

export const createAttempt = (client: Client, { onEnded, now }: AttemptOptions) =>
  createStore<Attempt>()((set) => {
    let controller: AbortController | undefined;

    const isUnderWay = (): boolean => controller !== undefined;

    const answerTo = async (
      request: AttemptedRequest,
      { signal }: AbortController,
    ): Promise<AttemptState> => {
      const began = now();
      let head: (Extract<Event, { type: 'head' }> & { readonly duration: number }) | undefined;
      const chunks: Uint8Array[] = [];
      let size = 0;
      let kept = 0;
      for await (const event of await client.requests.send(request, { signal })) {
        if (event.type === 'waiting') set({ state: { phase: 'waiting' } });
        else if (event.type === 'head') head = { ...event, duration: now() - began };
        else if (event.type === 'chunk') {
          const bytes = bytesOf(event.base64);
          const part = bytes.subarray(0, SHOWN_BYTES - kept);
          size += bytes.length;
          kept += part.length;
          if (part.length > 0) chunks.push(part);
        } else if (head !== undefined) {
          const { status, url, headers, duration } = head;
          const { replaced } = event;
          const body = textOf(chunks);
          return {
            phase: 'answered',
            answer: { status, url, headers, duration, body, size, isCut: size > kept, replaced },
          };
        }
      }
      return { phase: 'cancelled' };
    };

    return {
      state: { phase: 'idle' },
      send: async (request) => {
        if (isUnderWay()) return;
        const mine = new AbortController();
        controller = mine;
        set({ state: { phase: 'sending' } });
        const end = (state: AttemptState): void => {
          // Another request may have begun since this one was cancelled.
          if (controller !== mine) return;
          controller = undefined;
          set({ state });
        };
        try {
          end(await answerTo(request, mine));
        } catch (error) {
          end(
            mine.signal.aborted || isCancelled(error)
              ? { phase: 'cancelled' }
              : { phase: 'failed', error: errorReport(error) },
          );
        }
        await onEnded();
      },
      cancel: () => controller?.abort(),
      forget: () => {
        controller?.abort();
        controller = undefined;
        set({ state: { phase: 'idle' } });
      },
    };
  });

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.codePointAt(0) ?? 0);

/** `undefined` for what is not UTF-8. A character that was cut at the end is left out. */
function textOf(chunks: readonly Uint8Array[]): string | undefined {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('');
  } catch {
    return undefined;
  }
}
