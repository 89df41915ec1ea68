import { ORPCError } from '@orpc/client';
import type { Client } from '@shared/contract/window';
import { describe, expect, it, vi } from 'vitest';
import { createAttempt, SHOWN_BYTES, type AttemptedRequest } from './attempt-store';

type Event =
  Awaited<ReturnType<Client['requests']['send']>> extends AsyncIterable<infer One> ? One : never;
type Send = (
  request: AttemptedRequest,
  options: { readonly signal: AbortSignal },
) => AsyncGenerator<Event>;

const request: AttemptedRequest = {
  grant: '00000000-0000-4000-8000-000000000000',
  method: 'GET',
  url: 'https://api.example.com/',
  headers: [],
};
const head: Event = { type: 'head', status: 200, headers: [['A', 'b']], url: request.url };
const chunk = (bytes: Uint8Array): Event => ({
  type: 'chunk',
  base64: btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join('')),
});
const end: Event = { type: 'end', replaced: 1 };

function attemptWith(send: Send) {
  let time = 0;
  const onEnded = vi.fn<() => Promise<void>>(async () => undefined);
  const client = { requests: { send: async (...args: Parameters<Send>) => send(...args) } };
  const store = createAttempt(client as unknown as Client, {
    onEnded,
    now: () => (time += 100),
  });
  return { store, onEnded };
}

const answering = (...events: readonly Event[]): Send =>
  async function* () {
    yield* events;
  };

/** Waits until it is aborted. */
const never: Send = async function* (_, { signal }) {
  yield { type: 'waiting' };
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve());
  });
  throw new ORPCError('CANCELLED', { message: 'Cancelled.', data: { hint: 'No.' } });
};

describe('an attempt', () => {
  it('shows the answer, with what was hidden', async () => {
    const bytes = new TextEncoder().encode('größer');
    const { store, onEnded } = attemptWith(
      answering(head, chunk(bytes.subarray(0, 3)), chunk(bytes.subarray(3)), end),
    );
    await store.getState().send(request);
    expect(store.getState().state).toEqual({
      phase: 'answered',
      answer: {
        status: 200,
        url: request.url,
        headers: [['A', 'b']],
        duration: 100,
        body: 'größer',
        size: bytes.length,
        isCut: false,
        replaced: 1,
      },
    });
    expect(onEnded).toHaveBeenCalledTimes(1);
  });

  it('keeps the beginning of a large body', async () => {
    const large = new Uint8Array(SHOWN_BYTES - 1).fill(97);
    const { store } = attemptWith(
      answering(head, chunk(large), chunk(new Uint8Array([98, 99])), end),
    );
    await store.getState().send(request);
    const { state } = store.getState();
    const answer = state.phase === 'answered' ? state.answer : undefined;
    expect(answer).toMatchObject({ size: SHOWN_BYTES + 1, isCut: true });
    expect(answer?.body).toHaveLength(SHOWN_BYTES);
    expect(answer?.body?.endsWith('ab')).toBe(true);
  });

  it('shows no body that is not text', async () => {
    const { store } = attemptWith(answering(head, chunk(new Uint8Array([255, 254])), end));
    await store.getState().send(request);
    expect(store.getState().state).toMatchObject({ answer: { body: undefined, size: 2 } });
  });

  it('shows a refusal with its rule', async () => {
    const { store } = attemptWith(async function* () {
      yield { type: 'waiting' };
      throw new ORPCError('POLICY_REFUSED', {
        message: 'No.',
        data: { hint: 'Look.', details: { rule: 'methods' } },
      });
    });
    await store.getState().send(request);
    expect(store.getState().state).toMatchObject({
      phase: 'failed',
      error: { code: 'POLICY_REFUSED', details: { rule: 'methods' } },
    });
  });

  it('is cancelled, and another one can be made', async () => {
    const { store } = attemptWith(never);
    const sent = store.getState().send(request);
    await vi.waitFor(() => expect(store.getState().state.phase).toBe('waiting'));
    await store.getState().send(request);
    store.getState().cancel();
    await sent;
    expect(store.getState().state.phase).toBe('cancelled');
  });

  it('leaves nothing when it is forgotten', async () => {
    const { store } = attemptWith(never);
    const sent = store.getState().send(request);
    await vi.waitFor(() => expect(store.getState().state.phase).toBe('waiting'));
    store.getState().forget();
    await sent;
    expect(store.getState().state).toEqual({ phase: 'idle' });
  });
});
