import { expect, it } from 'vitest';
import { deferred } from '@test/support/deferred';
import { Turns } from './turns';

/** Lets everything run that can. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('lets work of one name run in order, one at a time', async () => {
  const turns = new Turns();
  const gates = [deferred(), deferred(), deferred()];
  const log: string[] = [];
  const all = Promise.all(
    gates.map((gate, index) =>
      turns.take('a', async () => {
        log.push(`begin ${String(index)}`);
        await gate.promise;
        log.push(`end ${String(index)}`);
        return index;
      }),
    ),
  );
  gates[2]?.resolve();
  gates[1]?.resolve();
  await settle();
  expect(log).toEqual(['begin 0']);
  gates[0]?.resolve();
  expect(await all).toEqual([0, 1, 2]);
  expect(log).toEqual(['begin 0', 'end 0', 'begin 1', 'end 1', 'begin 2', 'end 2']);
});

it('lets work of different names run side by side', async () => {
  const turns = new Turns();
  const gate = deferred();
  const slow = turns.take('a', () => gate.promise);
  expect(await turns.take('b', () => Promise.resolve('done'))).toBe('done');
  gate.resolve();
  await slow;
});

it('goes on after a failure, which only its own caller hears', async () => {
  const turns = new Turns();
  const failing = turns.take('a', () => Promise.reject(new Error('no')));
  const next = turns.take('a', () => Promise.resolve(2));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe(2);
});

it('holds a turn until it is given back', async () => {
  const turns = new Turns();
  const release = await turns.hold('a');
  let ran = false;
  const waiting = turns.take('a', () => {
    ran = true;
    return Promise.resolve();
  });
  const second = turns.hold('a');
  await settle();
  expect(ran).toBe(false);
  release();
  await waiting;
  expect(ran).toBe(true);
  (await second)();
  await turns.take('a', () => Promise.resolve());
});
