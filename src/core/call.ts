/**
 * The call that the core is working on. It follows the work through every `await`, so that no method needs a
 * parameter for it: see docs/decisions/0026-who-called.md.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Caller } from '@shared/model/caller';

export interface Call {
  readonly caller: Caller;
  /** The reason that the caller gives for the call. */
  readonly reason?: string | undefined;
  /** The connection of a window that it came over: a window hears only of changes by others. */
  readonly connection?: object | undefined;
}

const calls = new AsyncLocalStorage<Call | undefined>();

/** Runs work, and everything that it starts, as part of a call. Returns what the work returns. */
export const inCall = <T>(call: Call, work: () => T): T => calls.run(call, work);

/** Runs work that Strongroom does by itself, even if a call triggered it. */
export const outsideCall = <T>(work: () => T): T => calls.run(undefined, work);

/** The current call; `undefined` for work that Strongroom does by itself. */
export const currentCall = (): Call | undefined => calls.getStore();
