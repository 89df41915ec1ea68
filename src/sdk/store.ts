/** What the library needs of a place where values live. */
import type { Secret } from '@core/secrets/secret';
import type { Description } from './types';
import type { SettingSource } from './to-error';

/** The secrets of one vault by name; empty if there is no vault yet. */
export type Contents = ReadonlyMap<string, Secret>;

/** Sets one secret, or deletes it if there is no value. */
export interface Change {
  readonly name: string;
  readonly value: Secret | undefined;
}

export interface Changed {
  /** What is there now. */
  readonly contents: Contents;
  /** Whether there was a secret of this name. */
  readonly existed: boolean;
}

/** One vault. Methods throw `AppError`, and `CANCELLED` if the signal aborts. */
export interface VaultStore {
  /** The values as they are stored. */
  read(signal: AbortSignal): Promise<Contents>;
  /**
   * The values of these secrets, with references followed. Absent if the place knows nothing about references: then
   * they lead to other vaults of the place.
   */
  follow?(names: readonly string[], signal: AbortSignal): Promise<Contents>;
  /** Leaves all other secrets as they are, whoever changes them at the same time. */
  change(change: Change, signal: AbortSignal): Promise<Changed>;
}

/** A provider with its settings: a place for any number of vaults. */
export interface Place {
  store(id: string): VaultStore;
  describe(id: string): Description;
  /** Where the settings come from, for errors. */
  readonly source: SettingSource;
  close(): void;
}

/** A chosen place that is not open yet. */
export interface PreparedPlace {
  /** Equal if and only if the places are the same. */
  readonly key: string;
  /** Makes no call. */
  open(): Place;
}
