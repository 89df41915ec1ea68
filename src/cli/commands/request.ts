/** `strongroom request` */
import { createReadStream } from 'node:fs';
import { AppError } from '@shared/errors';
import { bodyView } from '@server/body-view';
import { eventsOf } from '@server/agent/connect';
import { bytesFromFile } from '../arguments';
import type { Context, OpenCore } from '../context';
import { exitCodes } from '../exit-codes';
import { oneLine } from '../output';

interface RequestOptions {
  readonly header?: readonly string[];
  readonly data?: readonly string[];
  readonly dataBinary?: string;
  readonly jsonData?: string;
  readonly output?: string;
  readonly include?: true;
  readonly fail?: true;
  readonly maxTime: string;
  readonly maxRedirs: string;
}

interface Body {
  readonly bytes?: Uint8Array;
  /** Sent as it comes. */
  readonly stream?: AsyncIterable<Uint8Array>;
  readonly type?: string;
}

/** Bytes of a body that goes along with the call, and of each part of a larger one. */
const PART_BYTES = 256 * 1024;

export async function request(
  context: Context,
  options: RequestOptions,
  grant: string,
  method: string,
  url: string,
): Promise<number> {
  const { output } = context;
  const timeout = Math.round(numberOf(options.maxTime, '--max-time', 600) * 1000);
  const redirects = numberOf(options.maxRedirs, '--max-redirs', 20);
  const body = await bodyOf(context, options);
  const headers = (options.header ?? []).map(headerOf);
  const hasType = headers.some(([name]) => name.toLowerCase() === 'content-type');
  if (body.type !== undefined && !hasType) headers.push(['Content-Type', body.type]);
  return context.withCore(async (core) => {
    const sent = await startBody(core, body);
    const events = eventsOf(
      await core.client.requests.send(
        {
          ...context.workspace,
          grant,
          method: method.toUpperCase(),
          url,
          headers,
          timeout,
          redirects,
          ...(sent && { body: sent.body }),
        },
        core.options,
      ),
      core.options.signal,
    );
    const sending = sent?.send();
    // The request itself fails if its body does, and says why.
    sending?.catch(() => undefined);
    const parts: Buffer[] = [];
    let status = 0;
    let shown: unknown;
    for await (const event of events) {
      switch (event.type) {
        case 'waiting':
          await output.say('Waiting until somebody allows this request in the window.');
          break;
        case 'head': {
          ({ status } = event);
          shown = { status, url: event.url, headers: event.headers };
          if (options.include === true && !output.json) {
            const lines = event.headers.map(([name, value]) => `${name}: ${value}`);
            await output.data([`HTTP ${String(status)}`, ...lines, '', ''].join('\n'));
          }
          break;
        }
        case 'chunk': {
          const bytes = Buffer.from(event.base64, 'base64');
          if (output.json || options.output !== undefined) parts.push(bytes);
          else await output.bytes(bytes);
          break;
        }
        case 'end':
          if (event.replaced > 0) {
            await output.warn(
              `the answer contained the credential, which was replaced by its name ${event.replaced === 1 ? 'once' : `${String(event.replaced)} times`}.`,
            );
          }
      }
    }
    await sending;
    const whole = Buffer.concat(parts);
    if (options.output !== undefined) {
      const { writeFileAtomically } = await import('@core/storage/files');
      await writeFileAtomically(context.path(options.output), whole);
    }
    if (output.json) await output.result({ ...(shown as object), ...bodyView(whole) }, () => '');
    if (status === 401 || status === 403) {
      await output.say(
        `The service did not accept the credential, or does not allow this (${String(status)}).`,
      );
    }
    if (options.fail !== true || status < 400) return exitCodes.done.code;
    return status === 401 ? exitCodes.authentication.code : exitCodes.server.code;
  });
}

interface SentBody {
  readonly body: { readonly base64: string } | { readonly upload: string };
  /** Sends what does not go along with the call. */
  readonly send: () => Promise<void>;
}

export async function startBody(
  core: Pick<OpenCore, 'client' | 'options'>,
  { bytes, stream }: Pick<Body, 'bytes' | 'stream'> = {},
): Promise<SentBody | undefined> {
  if (bytes === undefined && stream === undefined) return undefined;
  if (bytes !== undefined && bytes.byteLength <= PART_BYTES) {
    return { body: { base64: Buffer.from(bytes).toString('base64') }, send: async () => undefined };
  }
  const { upload } = await core.client.requests.upload(undefined, core.options);
  const write = (part: Uint8Array, last: boolean) =>
    core.client.requests.write(
      { upload, base64: Buffer.from(part).toString('base64'), last },
      core.options,
    );
  return {
    body: { upload },
    send: async () => {
      for await (const part of partsOf(stream ?? [bytes ?? new Uint8Array()])) {
        if (!(await write(part, false)).wanted) return;
      }
      await write(new Uint8Array(), true);
    },
  };
}

async function* partsOf(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk);
    for (let from = 0; from < bytes.byteLength; from += PART_BYTES) {
      yield bytes.subarray(from, from + PART_BYTES);
    }
  }
}

const FORM = 'application/x-www-form-urlencoded';

/** As curl does it: `--data` of a file loses its line breaks, `--data-binary` does not. */
async function bodyOf(context: Context, options: RequestOptions): Promise<Body> {
  const { data, dataBinary, jsonData } = options;
  if ([data, dataBinary, jsonData].filter((each) => each !== undefined).length > 1) {
    throw new AppError('INVALID_INPUT', {
      message: 'More than one body was given.',
      hint: 'Use one of --data, --data-binary and --json-data.',
    });
  }
  if (jsonData !== undefined) {
    return { bytes: await bytesIn(context, jsonData), type: 'application/json' };
  }
  if (data !== undefined) {
    const parts: string[] = [];
    for (const each of data) {
      const text = (await bytesIn(context, each)).toString();
      parts.push(each.startsWith('@') ? text.replaceAll(/[\r\n]/g, '') : text);
    }
    return { bytes: Buffer.from(parts.join('&')), type: FORM };
  }
  if (dataBinary === undefined) return {};
  if (dataBinary === '@-') return { stream: context.terminal.stdin, type: FORM };
  return dataBinary.startsWith('@')
    ? { stream: readable(context, dataBinary.slice(1)), type: FORM }
    : { bytes: Buffer.from(dataBinary), type: FORM };
}

const bytesIn = async (context: Context, text: string): Promise<Buffer> =>
  text.startsWith('@') ? bytesFromFile(context, text.slice(1)) : Buffer.from(text);

/** A file as it is read. Throws `INVALID_INPUT`. */
async function* readable(context: Context, typed: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(context.path(typed))) yield chunk as Buffer;
  } catch (error) {
    throw new AppError('INVALID_INPUT', {
      message: `The file ${typed} cannot be read.`,
      hint: 'Check its path and its permissions.',
      cause: error,
    });
  }
}

function headerOf(text: string): [string, string] {
  const [, name, value = ''] = /^([^:]+):\s*([\s\S]*)$/.exec(text) ?? [];
  if (name !== undefined) return [name, value];
  throw new AppError('INVALID_INPUT', {
    message: `“${oneLine(text)}” is no header.`,
    hint: 'Write "Name: value".',
  });
}

function numberOf(text: string, option: string, most: number): number {
  const number = Number(text);
  if (text.trim() !== '' && number >= 0 && number <= most) return number;
  throw new AppError('INVALID_INPUT', {
    message: `${text} is not a valid number for ${option}.`,
    hint: `Give a number from 0 to ${String(most)}.`,
  });
}
