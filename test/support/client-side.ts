/**
 * What depends on the library for TLS and cryptography, as questions, data in and data out: a test asks them of
 * this process, or of another process with another library (`client-sides.ts`).
 */
import type { CheckStep } from '@shared/model/connection';
import { isAppError } from '@shared/errors';
import type { NetworkValues } from '@shared/providers/network';
import { open, seal } from '@core/keys/envelope';
import { MasterKey } from '@core/keys/master-key';
import { PASSPHRASE_COST, unwrapKey, wrapKey, type WrappedKey } from '@core/keys/passphrase';
import { readCertificateFiles, type FileValues } from '@core/network/files';
import { HttpClient } from '@core/network/http';
import { networkSteps } from '@core/providers/check/network';
import { runSteps } from '@core/providers/check/steps';
import { speaksTls } from '@core/providers/check/speaks-tls';
import { systemRuntime } from '@core/runtime';
import { asRevision } from '@core/secrets/revision';
import { Secret } from '@core/secrets/secret';
import { connectAws } from '../matrix/aws-scene';
import { run, type Operation, type Outcome } from '../matrix/operations';
import { connectVault } from '../matrix/vault-scene';
import { networkOf } from './network';

/** A server, and the settings that lead to it. */
export interface Way {
  readonly url: string;
  readonly values?: Partial<NetworkValues>;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly verifySsl?: boolean;
}

export interface Protected {
  readonly from: { readonly text: string; readonly passphrase: string };
  readonly sealed: string;
  readonly wrapped: WrappedKey;
}

const { signal } = new AbortController();

const networkTo = ({ values, verifySsl = true, credentials = {} }: Way) =>
  networkOf(values, { verifySsl, credentials });

export const questions = {
  versions: async (): Promise<NodeJS.ProcessVersions> => process.versions,

  /** The steps of Test Connection on the way to a server, as they ended. */
  check: async ({
    deadlineMs = 5000,
    ...way
  }: Way & { readonly deadlineMs?: number }): Promise<CheckStep[]> => {
    const steps = networkSteps({
      url: async () => new URL(way.url),
      field: 'url',
      network: networkTo(way),
      runtime: systemRuntime,
      deadlineMs,
    });
    const ends: CheckStep[] = [];
    for await (const step of runSteps(steps, systemRuntime, signal)) {
      if (step.status !== 'running') ends.push(step);
    }
    return ends;
  },

  /** The body of the answer to a GET, or the code of the failure. */
  get: async (way: Way): Promise<string> => {
    const client = new HttpClient({ network: networkTo(way), maxSockets: 1 });
    try {
      return (await client.send({ method: 'GET', url: way.url, signal })).text();
    } catch (error) {
      if (!isAppError(error)) throw error;
      return error.code;
    } finally {
      client.close();
    }
  },

  speaksTls: async ({ url }: Pick<Way, 'url'>): Promise<boolean> =>
    speaksTls(new URL(url), 5000, signal),

  /** `read`, or the field and the message of the failure. */
  readFiles: async ({
    values,
    passphrase = '',
  }: {
    readonly values: FileValues;
    readonly passphrase?: string;
  }): Promise<{ readonly field?: string; readonly says: string }> => {
    try {
      await readCertificateFiles(values, new Secret(passphrase));
      return { says: 'read' };
    } catch (error) {
      if (!isAppError(error)) throw error;
      return { field: error.details?.field ?? '', says: error.message };
    }
  },

  /** A text sealed under a key, and the key wrapped by a passphrase; all as base64 or JSON. */
  protect: async ({ text, passphrase }: Protected['from']): Promise<Protected> => {
    const key = MasterKey.generate();
    return {
      from: { text, passphrase },
      sealed: seal(key, 'test', text).toString('base64'),
      wrapped: await wrapKey(key, passphrase, PASSPHRASE_COST),
    };
  },

  /** The text that `protect` sealed. */
  unprotect: async ({ from, sealed, wrapped }: Protected): Promise<string> =>
    open(
      await unwrapKey(wrapped, from.passphrase),
      'test',
      Buffer.from(sealed, 'base64'),
    ).toString(),

  /** How an operation of a provider that knows nothing yet ends. */
  operate: async ({
    provider: kind,
    way: { url, values, credentials = {} },
    isSlow,
    operation,
    revision,
  }: {
    readonly provider: 'Vault' | 'AWS';
    readonly way: Way;
    /** With short deadlines. */
    readonly isSlow: boolean;
    readonly operation: Operation;
    readonly revision: string;
  }): Promise<Outcome> => {
    const secrets = Object.fromEntries(
      Object.entries(credentials).map(([name, text]) => [name, new Secret(text)]),
    );
    const provider =
      kind === 'Vault'
        ? connectVault(url, isSlow ? 1500 : 30_000, values, secrets)
        : connectAws(url, 'AKIAIOSFODNN7EXAMPLE', isSlow, values, secrets);
    try {
      return await run(provider, operation, asRevision(revision));
    } finally {
      provider.dispose();
    }
  },
} as const;

export type Questions = typeof questions;
