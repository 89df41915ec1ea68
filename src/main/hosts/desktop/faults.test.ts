import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { ElectronDouble } from '@test/support/electron-double';
import { watchForFaults } from './faults';

function watched() {
  const double = new ElectronDouble();
  const process = new EventEmitter();
  const lines: string[] = [];
  watchForFaults(process, double.electron, (line) => lines.push(line));
  return { double, process, lines };
}

test('a rejection that nobody heard is reported without its message, and the app goes on', () => {
  const { double, process, lines } = watched();
  process.emit('unhandledRejection', new SyntaxError('Unexpected token h in "hunter2"'));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain('SyntaxError');
  expect(lines[0]).toContain('faults.test');
  expect(lines[0]).not.toContain('hunter2');
  expect(double.exitCodes).toEqual([]);
});

test('an exception that was not caught ends the app, and shows nothing of its insides', () => {
  const { double, process, lines } = watched();
  process.emit('uncaughtException', new Error('hunter2'));
  expect(lines[0]).not.toContain('hunter2');
  expect(double.errorBoxes).toEqual([
    { title: 'Strongroom has to close', content: 'Something went wrong inside Strongroom.' },
  ]);
  expect(double.exitCodes).toEqual([1]);
});

test('what is thrown need not be an Error', () => {
  const { process, lines } = watched();
  process.emit('unhandledRejection', 'hunter2');
  expect(lines[0]).not.toContain('hunter2');
});
