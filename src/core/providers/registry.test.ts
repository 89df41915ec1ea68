import { registryOf } from '@test/support/provider-registry';
import { expect, it } from 'vitest';
import { AppError } from '@shared/errors';
import { appErrorOf } from '@test/support/failure-of';
import type { ProviderFactory } from './provider';
import type { ProviderRegistry } from './registry';

const factory: ProviderFactory = {
  id: 'azure-key-vault',
  create: () => {
    throw new Error('Nobody creates one');
  },
};

/** A registry whose provider of Azure gives these answers, one after the other. */
/** Answers one load after the other. */
const answering = (...answers: (() => Promise<ProviderFactory>)[]): ProviderRegistry =>
  registryOf(() => {
    const answer = answers.shift();
    return answer === undefined ? Promise.reject(new Error('No more loads')) : answer();
  });

it('loads a provider once', async () => {
  const registry = answering(() => Promise.resolve(factory));
  const both = await Promise.all([
    registry.get('azure-key-vault'),
    registry.get('azure-key-vault'),
  ]);
  expect(both).toEqual([factory, factory]);
  expect(await registry.get('azure-key-vault')).toBe(factory);
});

it('says that a file of the program is missing, and loads it again for the next call', async () => {
  const missing = new URL('not-there.js', import.meta.url).href;
  const registry = answering(
    () => import(/* @vite-ignore */ missing) as Promise<ProviderFactory>,
    () => Promise.resolve(factory),
  );
  const [first, second] = await Promise.all([
    appErrorOf(registry.get('azure-key-vault')),
    appErrorOf(registry.get('azure-key-vault')),
  ]);
  expect(first.code).toBe('VERSION_MISMATCH');
  expect(first.message).toBe('The part of Strongroom for Azure Key Vault could not be loaded.');
  expect(first.cause).toBeInstanceOf(Error);
  expect(second).toBe(first);
  expect(await registry.get('azure-key-vault')).toBe(factory);
});

it('passes on what a provider says itself', async () => {
  const own = new AppError('STORAGE_FAILED');
  const registry = answering(() => Promise.reject(own));
  expect(await appErrorOf(registry.get('azure-key-vault'))).toBe(own);
});
