import { expect, it } from 'vitest';
import { errorCodes, rowOf } from '../errors';
import { providerDescriptors } from '.';

it('texts that the window shows unchanged have no backticks', () => {
  const texts = JSON.stringify([providerDescriptors, errorCodes.map(rowOf)]);
  expect(texts.match(/.{0,40}`.{0,40}/g)).toBeNull();
});
