/**
 * What a host and its core process tell each other. The core has its own process, because only the end of a process
 * empties its memory: docs/decisions/0048-lock-replaces-the-core.md.
 */
import type { ErrorReport } from '@shared/errors';
import type { HostPreferences } from '@shared/model/preferences';

/** Called by the core, carried out by the host: what only the host's process can do. */
export type HostServices = Readonly<
  Record<string, (argument: never, signal: AbortSignal) => Promise<unknown>>
>;

/** From the host. `Settings` are plain data, and differ by host; so does `Note`. */
export type ToCore<Settings, Note> =
  /** The first message, once: open the data directory, whose lock the host holds. */
  | { readonly kind: 'open'; readonly startsShut: boolean; readonly settings: Settings }
  /** Comes with a connection of a window: a socket, or a port. */
  | { readonly kind: 'window' }
  /** Nobody is there. */
  | { readonly kind: 'lock' }
  /** The last message. `isLocked`: another core takes the place of this one. */
  | { readonly kind: 'close'; readonly isLocked: boolean }
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly result?: unknown;
      readonly failed: boolean;
    }
  | { readonly kind: 'note'; readonly note: Note };

/** From the core. */
export type FromCore<Note> =
  | { readonly kind: 'ready'; readonly preferences: HostPreferences }
  /** It could not open the data directory, and ends. */
  | { readonly kind: 'refused'; readonly report: ErrorReport }
  | { readonly kind: 'preferences'; readonly preferences: HostPreferences }
  /** `true` after Lock: the host ends this core and starts another. `false` after a person has unlocked it. */
  | { readonly kind: 'shut'; readonly isShut: boolean }
  | {
      readonly kind: 'ask';
      readonly id: number;
      readonly service: string;
      readonly argument: unknown;
    }
  /** Nobody waits for the answer any more. */
  | { readonly kind: 'give-up'; readonly id: number }
  | { readonly kind: 'note'; readonly note: Note };
