import { expect, it } from 'vitest';
import { AppError } from '@shared/errors';
import { appErrorOf } from '@test/support/failure-of';
import type { ProviderFactory } from './provider';
import { ProviderRegistry, type ProviderLoaders } from './registry';

const factory: ProviderFactory = {
  id: 'azure-key-vault',
  create: () => {
    throw new Error('Nobody creates one');
  },
};

/** A registry whose provider of Azure gives these answers, one after the other. */
function registryOf(...answers: (() => Promise<ProviderFactory>)[]): ProviderRegistry {
  const load = (): Promise<ProviderFactory> => {
    const answer = answers.shift();
    return answer === undefined ? Promise.reject(new Error('No more loads')) : answer();
  };
  const loaders: ProviderLoaders = {
    'hashicorp-vault': load,
    'aws-secrets-manager': load,
    'aws-parameter-store': load,
    'google-secret-manager': load,
    'azure-key-vault': load,
    'local-vault': load,
    'plain-files': load,
  };
  return new ProviderRegistry(loaders);
}

it('loads a provider once', async () => {
  const registry = registryOf(() => Promise.resolve(factory));
  const both = await Promise.all([
    registry.get('azure-key-vault'),
    registry.get('azure-key-vault'),
  ]);
  expect(both).toEqual([factory, factory]);
  expect(await registry.get('azure-key-vault')).toBe(factory);
});

it('says that a file of the program is missing, and loads it again for the next call', async () => {
  const missing = new URL('not-there.js', import.meta.url).href;
  const registry = registryOf(
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
  const registry = registryOf(() => Promise.reject(own));
  expect(await appErrorOf(registry.get('azure-key-vault'))).toBe(own);
});
