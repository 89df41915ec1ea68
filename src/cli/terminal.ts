/** What the command takes from its process, so that a test can give it something else. */
import type { Readable, Writable } from 'node:stream';
import type { Keychain } from '@core/keys/keychain';
import type { Runtime } from '@core/runtime';

export interface Input extends Readable {
  readonly isTTY?: boolean;
  setRawMode?(mode: boolean): unknown;
}

export interface OutputStream extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface Terminal {
  readonly stdin: Input;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An absolute path, to which paths on the command line are relative. */
  readonly cwd: string;
  readonly pid: number;
  /** The folder of the other programs of the build, as a URL; absent if there are none. */
  readonly programs?: URL;
  /** Aborts when the process is asked to end. The reason is the signal. */
  readonly signal: AbortSignal;
  /** Default: the keychain of this computer. */
  readonly keychain?: () => Keychain;
  /** Default: that of this computer, with `env`. */
  readonly runtime?: Runtime;
}
