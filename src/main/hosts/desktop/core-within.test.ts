import { EventEmitter } from 'node:events';
import { expect, it, vi } from 'vitest';
import type { DesktopCoreProcess } from './core-process';
import { orWithin } from './core-within';

/** A process that a test tells what to do. */
function processOf() {
  const events = new EventEmitter<{ message: [unknown]; exit: [number | null] }>();
  const sent: unknown[] = [];
  const kill = vi.fn<() => void>();
  const process: DesktopCoreProcess = {
    send: (message) => sent.push(message),
    onMessage: (listener) => {
      events.on('message', (message) => {
        listener(message as Parameters<typeof listener>[0]);
      });
    },
    onExit: (listener) => {
      events.once('exit', listener);
    },
    kill,
  };
  return {
    process,
    sent,
    kill,
    say: (message: unknown) => events.emit('message', message),
    exit: (code: number | null) => events.emit('exit', code),
  };
}

const OPEN = { kind: 'open', startsShut: false, settings: {} } as never;
const READY = { kind: 'ready' };

function scene() {
  const [first, second] = [processOf(), processOf()];
  const within = vi.fn<() => Promise<DesktopCoreProcess>>(async () => second.process);
  const lines: string[] = [];
  const core = orWithin(first.process, within, (line) => lines.push(line));
  const heard: unknown[] = [];
  const exits: unknown[] = [];
  core.onMessage((message) => heard.push(message));
  core.onExit((code) => exits.push(code));
  core.send(OPEN);
  return { first, second, within, lines, core, heard, exits };
}

it('is the process that was started, and its end is the end', () => {
  const { first, within, core, heard, exits } = scene();
  expect(first.sent).toEqual([OPEN]);
  first.say(READY);
  core.send({ kind: 'lock' });
  expect(first.sent).toEqual([OPEN, { kind: 'lock' }]);
  first.exit(1);
  expect({ heard, exits }).toEqual({ heard: [READY], exits: [1] });
  expect(within).not.toHaveBeenCalled();
});

it('goes on within the app if that process ends before it has said anything', async () => {
  const { first, second, lines, heard, exits, core } = scene();
  first.exit(1);
  await vi.waitFor(() => {
    expect(second.sent).toEqual([OPEN]);
  });
  expect(lines).toEqual([
    'The process of the core ended at once (1): the core runs within the app.',
  ]);
  second.say(READY);
  core.send({ kind: 'lock' });
  expect(first.sent).toEqual([OPEN]);
  expect(second.sent).toEqual([OPEN, { kind: 'lock' }]);
  second.exit(0);
  expect({ heard, exits }).toEqual({ heard: [READY], exits: [0] });
});

it('is at its end if it was killed, or if nothing starts within the app either', async () => {
  const killed = scene();
  killed.core.kill();
  expect(killed.first.kill).toHaveBeenCalledOnce();
  killed.first.exit(null);
  expect(killed.exits).toEqual([null]);
  expect(killed.within).not.toHaveBeenCalled();

  const failing = scene();
  failing.within.mockRejectedValue(new Error('no'));
  failing.first.exit(1);
  await vi.waitFor(() => {
    expect(failing.exits).toEqual([1]);
  });
});
