import type { Environment } from '@shared/model/environment';
import { expect, it } from 'vitest';
import { searchEnvironments } from './store';

const environment = (name: string, path = name): Environment =>
  ({ id: name, name, path, synced: true, state: 'loaded' }) as Environment;

const list = [
  environment('Production'),
  environment('Billing EU', 'billing/eu'),
  environment('Billing US', 'billing/us'),
];

it.each([
  ['', ['Production', 'Billing EU', 'Billing US']],
  ['  ', ['Production', 'Billing EU', 'Billing US']],
  ['prod', ['Production']],
  ['eu billing', ['Billing EU']],
  ['billing/', ['Billing EU', 'Billing US']],
  ['nothing', []],
])('%j finds %j', (search, names) => {
  expect(searchEnvironments(list, search).map(({ name }) => name)).toEqual(names);
});
