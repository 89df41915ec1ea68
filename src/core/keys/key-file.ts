/** `key.json`: how the master key is kept. It never holds the key, except wrapped by a passphrase. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Notice } from '@shared/model/notice';
import { AppError } from '@shared/errors';
import type { Runtime } from '@core/runtime';
import { setAside, systemCode, timestamp, writeFileAtomically } from '@core/storage/files';
import { wrappedKeySchema } from './passphrase';

const VERSION = 1;

const common = {
  version: z.literal(VERSION),
  /** The name of this data directory in the keychain. */
  account: z.uuid(),
};

const keyFileSchema = z.discriminatedUnion('mode', [
  z.object({ ...common, mode: z.literal('undecided') }),
  z.object({ ...common, mode: z.literal('keychain') }),
  z.object({ ...common, mode: z.literal('passphrase'), wrapped: wrappedKeySchema }),
  z.object({ ...common, mode: z.literal('session') }),
]);
export type KeyFileContent = z.infer<typeof keyFileSchema>;

const versionSchema = z.object({ version: z.number().int() });

export const freshKeyFile = <Mode extends 'undecided' | 'keychain' | 'session'>(
  mode: Mode,
): { readonly version: typeof VERSION; readonly account: string; readonly mode: Mode } => ({
  version: VERSION,
  account: randomUUID(),
  mode,
});

export class KeyFile {
  readonly path: string;
  readonly notices: readonly Notice[];
  #content: KeyFileContent;

  /** Throws `STORAGE_FAILED` and `DATA_TOO_NEW`. A damaged file is set aside, and a notice says so. */
  constructor(
    dataDirectory: string,
    private readonly runtime: Pick<Runtime, 'now'>,
  ) {
    this.path = join(dataDirectory, 'key.json');
    const text = this.#read();
    const content = text === undefined ? freshKeyFile('undecided') : this.#parse(text);
    this.#content = content ?? freshKeyFile('undecided');
    this.notices =
      content === undefined ? [damagedNotice(setAside(this.path, 'damaged', runtime.now()))] : [];
  }

  get content(): KeyFileContent {
    return this.#content;
  }

  async write(content: KeyFileContent): Promise<void> {
    await writeFileAtomically(this.path, Buffer.from(stringify(content)));
    this.#content = content;
  }

  /** Copies the file beside itself, because the key it belongs to is replaced unread. */
  async keepCopy(): Promise<void> {
    const copy = `${this.path}.replaced-${timestamp(this.runtime.now())}`;
    await writeFileAtomically(copy, Buffer.from(stringify(this.#content)));
  }

  #read(): string | undefined {
    try {
      return readFileSync(this.path, 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw new AppError('STORAGE_FAILED', {
        message: `${this.path} cannot be read.`,
        cause: error,
      });
    }
  }

  /** `undefined` if the text is damaged. */
  #parse(text: string): KeyFileContent | undefined {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return undefined;
    }
    const version = versionSchema.safeParse(json).data?.version;
    if (version !== undefined && version > VERSION) {
      throw new AppError('DATA_TOO_NEW', {
        message: `${this.path} was written by a newer version of Strongroom.`,
      });
    }
    return keyFileSchema.safeParse(json).data;
  }
}

const stringify = (content: KeyFileContent): string => `${JSON.stringify(content, null, 2)}\n`;

const damagedNotice = (aside: string): Notice => ({
  id: 'key-file-damaged',
  level: 'warning',
  title: 'The key file was damaged',
  text: `The file says how stored credentials are protected. Strongroom set it aside as ${aside}. Stored credentials cannot be read without it: enter them again. Settings and environments are not affected.`,
  remedy: { open: 'connection' },
});
