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

function patternsOf(secret: Uint8Array): Buffer[] {
  const bytes = Buffer.from(secret);
  const base64 = [0, 1, 2].map((offset) => base64Core(bytes, offset));
  return [
    bytes,
    Buffer.from(bytes.toString('utf8'), 'utf16le'),
    ...[bytes.toString('hex'), bytes.toString('hex').toUpperCase(), ...base64]
      .flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')])
      .map((text) => Buffer.from(text)),
  ];
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
