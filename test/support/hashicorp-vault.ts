/** Shorthands of the suites: settings, calls and documents. */
import type { CheckStep } from '@shared/model/connection';
import { hashicorpVaultSchema, type HashicorpVaultValues } from '@shared/providers/hashicorp-vault';
import { onTestFinished } from 'vitest';
import { documentFromText, documentToText, type SecretDocument } from '@core/secrets/document';
import { Secret } from '@core/secrets/secret';
import type { ReadOutcome, SecretsProvider } from '@core/providers/provider';
import {
  createHashicorpVaultFactory,
  type HashicorpVaultFactory,
} from '@core/providers/hashicorp-vault/factory';
import type { Effect, FaultHandle, FaultTarget, Faults, Match } from '../servers/faults';
import type { Approle } from '../servers/vault-admin';

export const signal = (): AbortSignal => new AbortController().signal;
export const options = (): { signal: AbortSignal } => ({ signal: signal() });

export type Access = { readonly token: string } | Approle;

export const valuesFor = (
  url: string,
  access: Access,
  values: Partial<HashicorpVaultValues> = {},
): HashicorpVaultValues =>
  hashicorpVaultSchema.parse({
    url,
    authentication: 'token' in access ? 'token' : 'approle',
    roleId: 'token' in access ? '' : access.roleId,
    namespace: '',
    enginePath: 'secret',
    verifySsl: true,
    autoSync: false,
    ...values,
  });

/** A provider that is disposed of when its test ends. */
export function connect(
  url: string,
  access: Access,
  values: Partial<HashicorpVaultValues> = {},
  factory: HashicorpVaultFactory = createHashicorpVaultFactory(),
): SecretsProvider {
  const provider = factory.create({
    values: valuesFor(url, access, values),
    credentials:
      'token' in access
        ? { token: new Secret(access.token) }
        : { secretId: new Secret(access.secretId) },
  });
  onTestFinished(() => {
    provider.dispose();
  });
  return provider;
}

/** A map document from JSON text. */
export const doc = (json: string): SecretDocument => documentFromText(json);

export const textOf = (document: SecretDocument): string => {
  if (document.shape === 'binary') throw new Error('A binary document has no text');
  return documentToText(document);
};

export { appErrorOf as errorOf } from './failure-of';

export async function readAll(
  provider: SecretsProvider,
  paths: readonly string[],
): Promise<ReadOutcome[]> {
  const outcomes: ReadOutcome[] = [];
  for await (const outcome of provider.readMany(paths, options())) outcomes.push(outcome);
  return outcomes.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** How each step of a check ended. */
export async function endOfCheck(provider: SecretsProvider): Promise<Map<string, CheckStep>> {
  const steps = new Map<string, CheckStep>();
  for await (const step of provider.check(options())) steps.set(step.id, step);
  return steps;
}

/** Lets the requests that match meet a fault. */
export const breaks = <T extends FaultTarget>(
  server: { readonly faults: Faults<T> },
  match: Match<T>,
  effect: Effect,
  more: { readonly times?: number; readonly skip?: number } = {},
): FaultHandle => server.faults.add({ match, effect, ...more });
