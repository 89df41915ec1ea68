import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Channel } from './channel';

/** A stream that keeps what is written, one entry for each call of the system. */
function recorder() {
  const writes: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    decodeStrings: false,
    write: (chunk: string, _, done) => {
      writes.push(chunk);
      done();
    },
    writev: (chunks, done) => {
      writes.push(chunks.map(({ chunk }) => String(chunk)).join(''));
      done();
    },
  });
  return { writes, stream };
}

const options = { receives: 100, sends: 10, pausesWhileFull: false };

describe('messages', () => {
  it('of the same turn go to the system together, and later ones by themselves', async () => {
    const { writes, stream } = recorder();
    const channel = new Channel(stream, options);
    await Promise.all(['1', '2', '3'].map((text) => channel.send(text)));
    await new Promise(setImmediate);
    await channel.send('4');
    await new Promise(setImmediate);
    expect(writes).toEqual(['1\n2\n3\n', '4\n']);
  });

  it('have a size with their line break, in bytes', async () => {
    const { writes, stream } = recorder();
    const channel = new Channel(stream, options);
    await channel.send('123456789');
    for (const text of ['1234567890', 'ééééé']) {
      await expect(channel.send(text)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    }
    await new Promise(setImmediate);
    expect(writes).toEqual(['123456789\n']);
  });
});
