/**
 * The call that the core is working on. It follows the work through every `await` instead of through the
 * parameters of every method: see docs/decisions/0026-who-called.md.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Caller } from '@shared/model/caller';

export interface Call {
  readonly caller: Caller;
  /** What the caller says the call is for. */
  readonly reason?: string | undefined;
}

const calls = new AsyncLocalStorage<Call | undefined>();

/** Runs work, and everything that it starts, as part of a call. Returns what the work returns. */
export const inCall = <T>(call: Call, work: () => T): T => calls.run(call, work);

/** Runs work that Strongroom does by itself, even if a call happens to be the occasion. */
export const outsideCall = <T>(work: () => T): T => calls.run(undefined, work);

/** `undefined` for what Strongroom does by itself. */
export const currentCall = (): Call | undefined => calls.getStore();
