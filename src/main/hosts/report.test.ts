import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { reportTo } from './report';

it('reports on, whatever becomes of the stream', async () => {
  const written: string[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk.toString());
      done(new Error('write EPIPE'));
    },
  });
  const report = reportTo(stream);
  report('one');
  await new Promise(setImmediate);
  expect(() => {
    report('two');
  }).not.toThrow();
  expect(written).toEqual(['one\n']);
});
