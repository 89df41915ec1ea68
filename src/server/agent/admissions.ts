/**
 * Which connections may use an app that is unlocked. If the app does not share its unlock, those that have given the
 * passphrase themselves.
 */
import type { Caller } from '@shared/model/caller';
import type { Core } from '@core/core';

export class Admissions {
  /** By the caller: each connection has its own object for as long as it lasts. */
  readonly #admitted = new WeakSet<Caller>();

  constructor(private readonly core: Pick<Core, 'security'>) {}

  has(caller: Caller): boolean {
    return this.#admitted.has(caller) || !this.core.security.asksPrograms();
  }

  add(caller: Caller): void {
    this.#admitted.add(caller);
  }
}
