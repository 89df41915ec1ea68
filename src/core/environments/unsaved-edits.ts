/**
 * The unsaved edits of all windows. The windows own them, and the core has a copy in memory, so that Lock can keep them
 * at once: nobody can ask a window that sleeps. Lock seals the copy into the database. After the unlock each window gets
 * its own edits back, and those of windows that are gone.
 */
import { randomUUID } from 'node:crypto';
import { AppError, isAppError } from '@shared/errors';
import { keptEditsSchema, type HeldEdits, type KeptEdits } from '@shared/model/kept-edits';
import { ChangeSignal } from '@core/connections/change-signal';
import type { KeyHolder } from '@core/keys/key-store';
import { SealedStore } from '@core/keys/sealed-store';
import { onAbort } from '@core/network/on-abort';
import { Secret } from '@core/secrets/secret';
import type { Environments } from '@core/storage/environments';
import type { KeptEditsAddress, SealedKeptEdits } from '@core/storage/kept-edits';

export interface UnsavedEditsParts {
  readonly table: SealedKeptEdits;
  readonly keys: KeyHolder;
  readonly rows: Pick<Environments, 'list'>;
}

interface Held {
  readonly windowId: string;
  readonly environmentId: string;
  readonly edits: Secret;
}

const keyOf = ({ windowId, environmentId }: Omit<Held, 'edits'>): string =>
  JSON.stringify([windowId, environmentId]);

export class UnsavedEdits {
  readonly #store: SealedStore<KeptEditsAddress>;
  readonly #held = new Map<string, Held>();
  /** How many connections each window has. */
  readonly #windows = new Map<string, number>();
  /** What was given to a window that does not hold it yet. It stays on the disk until then. */
  readonly #given = new Map<string, KeptEditsAddress>();
  readonly #refused = new ChangeSignal();

  constructor(private readonly parts: UnsavedEditsParts) {
    this.#store = new SealedStore(parts.table, parts.keys, {
      scopeOf: ({ id, environmentId }) => JSON.stringify(['edits', environmentId, id]),
      inSession: 'forget',
    });
  }

  /**
   * Says that a window is there, for as long as the signal is not aborted. Yields once at first, and then each time when
   * Lock did not come by itself, because it would have lost something. Edits of a window that closes are forgotten.
   */
  attend(windowId: string, signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    this.#windows.set(windowId, (this.#windows.get(windowId) ?? 0) + 1);
    onAbort(signal, () => {
      this.#leave(windowId);
    });
    return this.#watch(signal);
  }

  async *#watch(signal: AbortSignal): AsyncGenerator<void, void, undefined> {
    while (!signal.aborted) {
      const { count } = this.#refused;
      yield;
      await this.#refused.after(count, signal);
    }
  }

  #leave(windowId: string): void {
    const connections = (this.#windows.get(windowId) ?? 1) - 1;
    if (connections > 0) {
      this.#windows.set(windowId, connections);
      return;
    }
    this.#windows.delete(windowId);
    for (const [key, held] of this.#held) if (held.windowId === windowId) this.#held.delete(key);
    for (const key of this.#given.keys()) {
      if (key.startsWith(`[${JSON.stringify(windowId)},`)) this.#given.delete(key);
    }
  }

  /**
   * Takes a copy of the edits that a window has of an environment; without edits, forgets them. Returns whether there
   * are more edits of this environment, of a window that is gone: `take` gives them.
   */
  hold(windowId: string, environmentId: string, edits: HeldEdits | undefined): boolean {
    const place = { windowId, environmentId };
    const key = keyOf(place);
    if (edits === undefined) this.#held.delete(key);
    else if (this.#windows.has(windowId)) {
      this.#held.set(key, { ...place, edits: new Secret(JSON.stringify(edits)) });
    }
    const given = this.#given.get(key);
    if (given !== undefined) {
      this.#given.delete(key);
      this.#store.removeNow([given]);
    }
    return this.#waitingFor(windowId).some((kept) => kept.environmentId === environmentId);
  }

  /**
   * Gives a window the edits that Lock took from it, and those of windows that are gone: one set for each environment,
   * and none for an environment that the window has edits of. They stay on the disk until `hold` says that the window
   * has them. Throws as `KeyHolder.key` does.
   */
  async take(windowId: string, workspaceId: string): Promise<KeptEdits[]> {
    const ids = new Set(this.parts.rows.list(workspaceId).map(({ id }) => id));
    const taken: KeptEdits[] = [];
    for (const kept of this.#waitingFor(windowId)) {
      const { environmentId } = kept;
      const key = keyOf({ windowId, environmentId });
      if (!ids.has(environmentId) || this.#held.has(key) || this.#given.has(key)) continue;
      this.#given.set(key, kept);
      const edits = await this.#read(kept).catch((error: unknown) => {
        this.#given.delete(key);
        throw error;
      });
      if (edits === undefined) this.#given.delete(key);
      else taken.push({ ...edits, id: environmentId });
    }
    return taken;
  }

  async #read(kept: KeptEditsAddress): Promise<HeldEdits | undefined> {
    try {
      const text = await this.#store.get(kept);
      return text && keptEditsSchema.parse(JSON.parse(text.reveal()));
    } catch (error) {
      // Another key took the place of theirs. They stay, in case somebody finds it.
      if (isAppError(error, 'CREDENTIALS_UNREADABLE')) return undefined;
      throw error;
    }
  }

  /** Its own come first, and the last ones of them before older ones. */
  #waitingFor(windowId: string): KeptEditsAddress[] {
    const given = new Set([...this.#given.values()].map(({ id }) => id));
    const kept = [...this.parts.table.all(), ...this.#store.inMemory()].toReversed();
    const isOwn = (each: KeptEditsAddress): boolean => each.windowId === windowId;
    const free = kept.filter((each) => !given.has(each.id));
    return [
      ...free.filter(isOwn),
      ...free.filter((each) => !isOwn(each) && !this.#windows.has(each.windowId)),
    ];
  }

  /** Whether there are edits on the disk, for a window that has not come for them. */
  areKept(): boolean {
    return this.#store.holdsAny();
  }

  /** Whether there are edits that Lock would take. */
  areHeld(): boolean {
    return this.#held.size > 0;
  }

  /**
   * Seals all edits into the database, if there are any, and forgets the copy. Resolves with whether they are safe:
   * without a stored key, there is nothing to seal them with. Throws as `KeyHolder.key` does, and `STORAGE_FAILED`.
   */
  async keep(): Promise<boolean> {
    const { keys } = this.parts;
    if (!this.areHeld()) return true;
    if (keys.isSession()) return false;
    await keys.key();
    if (this.keepNow()) return true;
    if (keys.isSession()) return false;
    // Somebody locked it, or is changing the key.
    throw new AppError('KEY_LOCKED');
  }

  /** As `keep`, with the key that is at hand. */
  keepNow(): boolean {
    if (!this.areHeld()) return true;
    const kept = this.#store.putNow(
      [...this.#held.values()].map(({ windowId, environmentId, edits }) => ({
        address: { id: randomUUID(), windowId, environmentId },
        value: edits,
      })),
    );
    if (kept) this.#held.clear();
    return kept;
  }

  /** Tells the windows that Lock did not come by itself. */
  refused(): void {
    this.#refused.tell();
  }

  forget(): void {
    this.#held.clear();
    this.#given.clear();
  }
}
