/**
 * `key.json`: how the master key is kept. It never holds the key, except wrapped by a passphrase, or by a
 * PIN together with a key in the keychain. Without it a
 * passphrase opens nothing, so there is a copy, and a checksum tells a damaged file from a wrong passphrase.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Notice } from '@shared/model/notice';
import { AppError } from '@shared/errors';
import type { Runtime } from '@core/runtime';
import { setAside, systemCode, timestamp, writeFileAtomically } from '@core/storage/files';
import { wrappedKeySchema } from './passphrase';

/** Version 1 had no checksum. */
const VERSION = 2;

/** While another key takes the place of this one. An older Strongroom must not use either. */
const REPLACING_VERSION = 3;

/** With a PIN. An older Strongroom would take the file for a damaged one. */
const PIN_VERSION = 4;

const versions: readonly (number | undefined)[] = [1, VERSION, REPLACING_VERSION, PIN_VERSION];

const common = {
  /** The name of this data directory in the keychain. */
  account: z.uuid(),
};

const wrapped = { wrapped: wrappedKeySchema };

/** The order of the fields is that of the checksum. `next` is the key that takes the place of this one. */
const keyFileSchema = z.discriminatedUnion('mode', [
  z.object({ ...common, mode: z.literal('undecided') }),
  z.object({ ...common, mode: z.literal('keychain'), next: z.object(common).optional() }),
  z.object({
    ...common,
    mode: z.literal('passphrase'),
    ...wrapped,
    next: z.object({ ...common, ...wrapped }).optional(),
  }),
  z.object({
    ...common,
    mode: z.literal('pin'),
    ...wrapped,
    next: z.object({ ...common, ...wrapped }).optional(),
  }),
  z.object({ ...common, mode: z.literal('session') }),
]);
export type KeyFileContent = z.infer<typeof keyFileSchema>;

/** The content of a file whose key can be replaced. */
export type KeptContent = Extract<
  KeyFileContent,
  { readonly mode: 'keychain' | 'passphrase' | 'pin' }
>;

/** The content while one key takes the place of another. */
export type ReplacingContent = KeptContent & { readonly next: { readonly account: string } };

export const isReplacing = (content: KeyFileContent): content is ReplacingContent =>
  'next' in content && content.next !== undefined;

/** What the file says when the other key has taken its place, or was given up. */
export function replaced({ next, ...before }: ReplacingContent, isDone: boolean): KeyFileContent {
  return isDone ? { ...before, ...next } : before;
}

const versionSchema = z.object({ version: z.number().int() });

const checksumSchema = z.object({ checksum: z.string() });

const checksumOf = (content: KeyFileContent): string =>
  createHash('sha256')
    .update(JSON.stringify(keyFileSchema.parse(content)))
    .digest('base64');

export const freshKeyFile = <Mode extends 'undecided' | 'keychain' | 'session'>(
  mode: Mode,
): { readonly account: string; readonly mode: Mode } => ({
  account: randomUUID(),
  mode,
});

export class KeyFile {
  readonly path: string;
  readonly notices: readonly Notice[];
  readonly #copyPath: string;
  #content: KeyFileContent;
  /** Whether a file has to be written so that both hold the content. */
  #isIncomplete: boolean;

  /**
   * Throws `STORAGE_FAILED` and `DATA_TOO_NEW`. A damaged file is set aside, and a notice says so; the copy takes its
   * place if it is sound.
   */
  constructor(
    dataDirectory: string,
    private readonly runtime: Pick<Runtime, 'now'>,
  ) {
    this.path = join(dataDirectory, 'key.json');
    this.#copyPath = `${this.path}.copy`;
    const [text, copy] = [read(this.path), read(this.#copyPath)];
    const content = parse(text);
    const copied = content ?? parse(copy);
    // A flipped bit can make any version of this one.
    if (copied === undefined && isTooNew(text)) {
      throw new AppError('DATA_TOO_NEW', {
        message: `${this.path} was written by a newer version of Strongroom.`,
      });
    }
    this.#content = copied ?? freshKeyFile('undecided');
    this.#isIncomplete =
      copied !== undefined && [text, copy].some((each) => each !== stringify(copied));
    const aside =
      content === undefined && text !== undefined ? this.#setAside(this.path) : undefined;
    if (copied === undefined && copy !== undefined) this.#setAside(this.#copyPath);
    this.notices = this.#noticesOf(aside, copied !== undefined);
  }

  get content(): KeyFileContent {
    return this.#content;
  }

  /** Makes both files hold the content, as after a crash between them. Throws `STORAGE_FAILED`. */
  async complete(): Promise<void> {
    if (this.#isIncomplete) await this.write(this.#content);
  }

  async write(content: KeyFileContent): Promise<void> {
    const bytes = Buffer.from(stringify(content));
    await writeFileAtomically(this.path, bytes);
    this.#content = content;
    this.#isIncomplete = true;
    await writeFileAtomically(this.#copyPath, bytes);
    this.#isIncomplete = false;
  }

  /** Copies the file beside itself, because the key it belongs to is replaced unread. */
  async keepCopy(): Promise<void> {
    const copy = `${this.path}.replaced-${timestamp(this.runtime.now())}`;
    await writeFileAtomically(copy, Buffer.from(stringify(this.#content)));
  }

  #setAside(path: string): string {
    return setAside(path, 'damaged', this.runtime.now());
  }

  #noticesOf(aside: string | undefined, isRestored: boolean): readonly Notice[] {
    if (aside === undefined) return [];
    return [isRestored ? restoredNotice(aside) : damagedNotice(aside)];
  }
}

/** `undefined` if there is no file. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw new AppError('STORAGE_FAILED', { message: `${path} cannot be read.`, cause: error });
  }
}

/** `undefined` if the text is damaged or missing. */
function parse(text: string | undefined): KeyFileContent | undefined {
  const json = jsonIn(text);
  const version = versionIn(text);
  if (!versions.includes(version)) return undefined;
  const content = keyFileSchema.safeParse(json).data;
  if (content === undefined || version === 1) return content;
  const { checksum } = checksumSchema.safeParse(json).data ?? {};
  return checksum === checksumOf(content) ? content : undefined;
}

function jsonIn(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

const versionIn = (text: string | undefined): number | undefined =>
  versionSchema.safeParse(jsonIn(text)).data?.version;

const isTooNew = (text: string | undefined): boolean => (versionIn(text) ?? 0) > PIN_VERSION;

function stringify(content: KeyFileContent): string {
  const withoutPin = isReplacing(content) ? REPLACING_VERSION : VERSION;
  const version = content.mode === 'pin' ? PIN_VERSION : withoutPin;
  return `${JSON.stringify({ version, ...content, checksum: checksumOf(content) }, null, 2)}\n`;
}

const restoredNotice = (aside: string): Notice => ({
  id: 'key-file-restored',
  level: 'info',
  title: 'The key file was damaged, and restored',
  text: `Strongroom restored it from its copy. Nothing is lost. The damaged file is ${aside}.`,
});

const damagedNotice = (aside: string): Notice => ({
  id: 'key-file-damaged',
  level: 'warning',
  title: 'The key file was damaged',
  text: `The file says how stored credentials are protected, and its copy cannot be read either. Strongroom set it aside as ${aside}. Without it, stored credentials, variables of this computer and the local vault cannot be read. Restore key.json from a backup of the data directory, or start over with a new key. Synced environments are not affected.`,
  remedy: { open: 'protection' },
});
