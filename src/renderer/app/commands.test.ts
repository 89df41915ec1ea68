import { expect, it } from 'vitest';
import { createCommands } from './commands';

it('runs the last offer, and none that was taken back', () => {
  const { offer, run } = createCommands().getState();
  const ran: string[] = [];
  expect(run('save')).toBe(false);
  const takeBack = offer('save', () => ran.push('page'));
  const takeBackInner = offer('save', () => ran.push('dialog'));
  expect(run('save')).toBe(true);
  takeBackInner();
  expect(run('save')).toBe(true);
  takeBack();
  expect(run('save')).toBe(false);
  expect(ran).toEqual(['dialog', 'page']);
});
