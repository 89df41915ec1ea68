import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { watchForFaults } from './faults';

function watched() {
  const process = new EventEmitter();
  const lines: string[] = [];
  let ends = 0;
  watchForFaults(
    process,
    (line) => lines.push(line),
    () => {
      ends += 1;
    },
  );
  return { process, lines, ends: () => ends };
}

test('a rejection that nobody heard is one line without its message, and the app goes on', () => {
  const { process, lines, ends } = watched();
  process.emit('unhandledRejection', new SyntaxError('Unexpected token h in "hunter2"'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('SyntaxError');
  expect(lines[0]).toContain('faults.test');
  expect(lines[0]).not.toContain('hunter2');
  expect(lines[0]).not.toContain('\n');
  expect(ends()).toBe(0);
});

test('an exception that was not caught is one line without its message, and ends the app', () => {
  const { process, lines, ends } = watched();
  process.emit('uncaughtException', new Error('hunter2'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).not.toContain('hunter2');
  expect(ends()).toBe(1);
});

test('what is thrown need not be an Error', () => {
  const { process, lines } = watched();
  process.emit('unhandledRejection', 'hunter2');
  expect(lines[0]).not.toContain('hunter2');
});

test('a line of a message that looks like a stack frame is left out', () => {
  const { process, lines } = watched();
  process.emit('unhandledRejection', new Error('Wrong value:\n    at hunter2'));
  expect(lines[0]).toContain('faults.test');
  expect(lines[0]).not.toContain('hunter2');
});
