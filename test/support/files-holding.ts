/** For tests: searches all files of a directory for a secret. */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '@core/storage/files';

/** The files that contain one of these secrets, plain or in a common encoding. */
export async function filesHolding(
  directory: string,
  ...secrets: readonly Uint8Array[]
): Promise<string[]> {
  const patterns = secrets.flatMap(patternsOf);
  const found: string[] = [];
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const content = await readIfThere(path);
    if (patterns.some((pattern) => content.includes(pattern))) found.push(path);
  }
  return found;
}

const percent = (bytes: Buffer): string =>
  [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');

const escapes = (text: string): string =>
  text.replaceAll(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The forms in which a secret is looked for, by name. Those in base64 leave out what depends on their neighbours. */
export const forms: Readonly<Record<string, (secret: Buffer) => readonly (string | Buffer)[]>> = {
  plain: (secret) => [secret],
  utf16le: (secret) => [Buffer.from(secret.toString('utf8'), 'utf16le')],
  utf16be: (secret) => [Buffer.from(secret.toString('utf8'), 'utf16le').swap16()],
  hex: (secret) => [secret.toString('hex')],
  'hex in capitals': (secret) => [secret.toString('hex').toUpperCase()],
  base64: (secret) => [0, 1, 2].map((offset) => base64Core(secret, offset)),
  base64url: (secret) =>
    [0, 1, 2].map((offset) => base64Core(secret, offset).replaceAll('+', '-').replaceAll('/', '_')),
  JSON: (secret) => [JSON.stringify(secret.toString('utf8')).slice(1, -1)],
  'JSON in JSON': (secret) => [
    JSON.stringify(JSON.stringify(secret.toString('utf8')).slice(1, -1)).slice(1, -1),
  ],
  'JSON with escapes': (secret) => [escapes(secret.toString('utf8'))],
  URL: (secret) => [encodeURIComponent(secret.toString('utf8'))],
  'URL in small letters': (secret) => [
    encodeURIComponent(secret.toString('utf8')).replaceAll(/%../g, (code) => code.toLowerCase()),
  ],
  'URL with every byte': (secret) => [percent(secret)],
  reversed: (secret) => [Buffer.from(secret.toReversed())],
};

/** What is looked for: the secret in every form, each once. */
export function patternsOf(secret: Uint8Array): Buffer[] {
  const bytes = Buffer.from(secret);
  const all = Object.values(forms).flatMap((write) => write(bytes));
  const patterns = all.map((each) => (typeof each === 'string' ? Buffer.from(each) : each));
  return [...new Map(patterns.map((each) => [each.toString('latin1'), each])).values()];
}

/** Reads a file. SQLite removes its files when it closes a database, which may be now. */
async function readIfThere(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}

/** The part of a base64 text that does not depend on the bytes before and after, for one alignment. */
function base64Core(bytes: Buffer, offset: number): string {
  const aligned = bytes.subarray((3 - offset) % 3);
  return aligned.subarray(0, aligned.length - (aligned.length % 3)).toString('base64');
}
