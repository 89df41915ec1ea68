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

export interface PasswordAccess {
  readonly authentication: 'userpass' | 'ldap';
  readonly username: string;
  readonly password: string;
}

export type Access =
  | { readonly token: string }
  | Approle
  | PasswordAccess
  | { readonly kubernetesRole: string; readonly jwtFile: string };

function formOf(access: Access): Partial<HashicorpVaultValues> {
  if ('token' in access) return { authentication: 'token' };
  if ('roleId' in access) return { authentication: 'approle', roleId: access.roleId };
  if ('kubernetesRole' in access) return { authentication: 'kubernetes', ...access };
  return { authentication: access.authentication, username: access.username };
}

function credentialsOf(access: Access): Readonly<Record<string, Secret>> {
  if ('token' in access) return { token: new Secret(access.token) };
  if ('roleId' in access) return { secretId: new Secret(access.secretId) };
  return 'password' in access ? { password: new Secret(access.password) } : {};
}

export const valuesFor = (
  url: string,
  access: Access,
  values: Partial<HashicorpVaultValues> = {},
): HashicorpVaultValues =>
  hashicorpVaultSchema.parse({
    url,
    roleId: '',
    ...formOf(access),
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
    credentials: credentialsOf(access),
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
