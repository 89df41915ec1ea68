import { expect, it } from 'vitest';
import { choicesFor, onlyChoices } from './sign-in-choices';

const choices = {
  combinations: [
    { account: '2', role: 'Reader' },
    { account: '1', role: 'Admin' },
    { account: '1', role: 'Reader' },
  ],
  names: { 1: 'Production' },
};

it('offers the roles of the account that is chosen, and all of them before that', () => {
  expect(choicesFor(choices, { account: '' }, 'account')).toEqual(['1', '2']);
  expect(choicesFor(choices, { account: '1' }, 'role')).toEqual(['Admin', 'Reader']);
  expect(choicesFor(choices, { account: '2' }, 'role')).toEqual(['Reader']);
  expect(choicesFor(choices, { account: '' }, 'role')).toEqual(['Admin', 'Reader']);
  expect(choicesFor(choices, {}, 'region')).toBeUndefined();
});

it('fills in what can have one value only, and changes nothing that was typed', () => {
  expect(onlyChoices(choices, { account: '', role: '' })).toEqual({});
  expect(onlyChoices(choices, { account: '2', role: '' })).toEqual({ role: 'Reader' });
  expect(onlyChoices(choices, { account: '2', role: 'Admin' })).toEqual({});
  const single = { combinations: [{ account: '1', role: 'Admin' }], names: {} };
  expect(onlyChoices(single, { account: '', role: '' })).toEqual({ account: '1', role: 'Admin' });
});
