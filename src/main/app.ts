/** The composition root: from what a host gives to the router that both hosts serve. */
import type { AnyRouter } from '@orpc/server';
import type { Keychain } from './credentials/keychain';

export interface HostClipboard {
  readText(): string;
  writeText(text: string): void;
}

export interface AppOptions {
  readonly host: 'desktop' | 'browser';
  readonly version: string;
  readonly dataDirectory: string;
  readonly keychain: Keychain;
  /** Absent where the host has no clipboard: then the window puts copied values there itself. */
  readonly clipboard?: HostClipboard;
}

export interface App {
  readonly router: AnyRouter;
  /** Empties the memory, closes connections and the database. */
  close(): Promise<void>;
}

/** Throws `AppError` (`DATA_DIRECTORY_IN_USE`, `STORAGE_FAILED`) where the app cannot start at all. */
export declare function openApp(options: AppOptions): Promise<App>;
