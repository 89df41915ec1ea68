import { expect, test } from 'vitest';
import { ElectronDouble } from '@test/support/electron-double';
import { endAfterFault } from './faults';

test('ends the app, and shows nothing of its insides', () => {
  const double = new ElectronDouble();
  endAfterFault(double.electron);
  expect(double.errorBoxes).toEqual([
    { title: 'Strongroom has to close', content: 'Something went wrong inside Strongroom.' },
  ]);
  expect(double.exitCodes).toEqual([1]);
});
