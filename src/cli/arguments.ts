/** Reads the names, files and standard input that arguments refer to. */
import { readFile } from 'node:fs/promises';
import { AppError } from '@shared/errors';
import { decodeText } from '@shared/model/import/decode-text';
import type { Context } from './context';
import type { Terminal } from './terminal';

/** A name that is given as an argument or with `--name`. Throws `INVALID_INPUT`. */
export function oneName(what: string, argument?: string, option?: string): string {
  const name = argument ?? option;
  if (name === undefined) {
    throw new AppError('INVALID_INPUT', {
      message: `The name of the ${what} is missing.`,
      hint: 'Give it after the command, or with --name.',
    });
  }
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw new AppError('INVALID_INPUT', {
      message: `Two names were given: “${argument}” and “${option}”.`,
      hint: 'Give one of them.',
    });
  }
  return name;
}

type Reading = Pick<Terminal, 'stdin' | 'signal'>;

/** The largest input that is read, in bytes: more than any store takes. */
const INPUT_BYTES = 16 * 1024 * 1024;

/** All of standard input as text, without the line break at its end, which `echo` adds. */
export const textFromStdin = async (terminal: Reading): Promise<string> =>
  decoded(await bytesFromStdin(terminal), 'Standard input').replace(/\r?\n$/, '');

/** All of standard input, as it is. Throws `INVALID_INPUT`, and `CANCELLED` if the signal aborts. */
export async function bytesFromStdin({ stdin, signal }: Reading): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Whoever writes to it may go on for ever.
  const end = (): void => {
    stdin.destroy();
  };
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  try {
    for await (const chunk of stdin) {
      const bytes = Buffer.from(chunk as Uint8Array | string);
      chunks.push(bytes);
      size += bytes.byteLength;
      if (size > INPUT_BYTES) throw tooLarge('Standard input');
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', end);
  }
  // What has come may be a part of the input.
  if (signal.aborted) throw new AppError('CANCELLED', { hint: 'Nothing was changed.' });
  return Buffer.concat(chunks);
}

/** The text of a file, as it is. Throws `INVALID_INPUT` if it cannot be read or is not text. */
export const textFromFile = async (context: Context, typed: string): Promise<string> =>
  decoded(await bytesFromFile(context, typed), `The file ${typed}`);

/** The content of a file. Throws `INVALID_INPUT` if it cannot be read. */
export async function bytesFromFile(context: Context, typed: string): Promise<Buffer> {
  let bytes: Buffer;
  try {
    bytes = await readFile(context.path(typed));
  } catch (error) {
    throw new AppError('INVALID_INPUT', {
      message: `The file ${typed} cannot be read.`,
      hint: 'Check its path and its permissions.',
      cause: error,
    });
  }
  if (bytes.byteLength > INPUT_BYTES) throw tooLarge(`The file ${typed}`);
  return bytes;
}

function decoded(bytes: Uint8Array, what: string): string {
  const text = decodeText(bytes);
  if (text !== undefined) return text;
  throw new AppError('INVALID_INPUT', {
    message: `${what} is not text: it has a NUL character, or bytes that are not UTF-8.`,
    hint: 'Encode binary values, for example with base64.',
  });
}

const tooLarge = (what: string): AppError =>
  new AppError('INVALID_INPUT', {
    message: `${what} is larger than 16 MiB.`,
    hint: 'No store takes values of this size.',
  });
