/** Step “Read secrets”: the permission, without fetching anybody's value. */
import { randomUUID } from 'node:crypto';
import { AppError, isAppError } from '@shared/errors';
import { passed, warned, type StepResult } from '../../check/steps';
import type { SecretsManagerConnection } from '../connection';
import type { ListingPage } from '../list';
import { readVersion } from '../read';

/** A label that no version has. AWS says so if reading is permitted, and refuses otherwise. */
const NO_SUCH_LABEL = 'STRONGROOM_CHECK';

/** The name that is tried if nothing is listed. */
const NO_SUCH_SECRET = 'strongroom-connection-test';

/** How many listed secrets are tried: a policy may be limited to some names. */
const SAMPLE = 5;

/** `readable` is the path of a secret that may be read, if there is one. */
export async function tryReading(
  connection: SecretsManagerConnection,
  { secrets, nextToken }: Pick<ListingPage, 'secrets' | 'nextToken'>,
  signal: AbortSignal,
): Promise<{ readonly result: StepResult; readonly readable?: string }> {
  const readable = secrets.filter(({ unavailable }) => unavailable === undefined);
  const sample = readable.slice(0, SAMPLE).map(({ path }) => path);
  let denied: AppError | undefined;
  for (const path of sample.length === 0 ? [NO_SUCH_SECRET] : sample) {
    denied = await denial(connection, path, signal);
    if (denied === undefined) {
      return { result: passed('Permitted'), ...(path !== NO_SUCH_SECRET && { readable: path }) };
    }
  }
  const isAll = sample.length > 0 && sample.length === readable.length && nextToken === undefined;
  if (isAll && denied !== undefined) throw denied;
  const warning = new AppError('PERMISSION_DENIED', {
    message:
      sample.length === 0
        ? 'There is nothing to read yet, and reading any name is not permitted.'
        : `Reading is not permitted for the first ${String(sample.length)} secrets of the list.`,
    likelyCause: 'The policy is limited to other names, or lacks secretsmanager:GetSecretValue.',
    hint: 'If it is limited on purpose, all is well. Otherwise add secretsmanager:GetSecretValue to it.',
    details: denied?.details,
  });
  return { result: warned(undefined, warning) };
}

/** What is asked for, one after the other: neither is there, and AWS tells that only to those who may read. */
const probes = (): readonly { VersionStage: string; VersionId?: string }[] => [
  { VersionStage: NO_SUCH_LABEL },
  // A policy may permit the staging label AWSCURRENT only.
  { VersionStage: 'AWSCURRENT', VersionId: randomUUID() },
];

/** `undefined` if reading is permitted. */
async function denial(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<AppError | undefined> {
  let denied: AppError | undefined;
  for (const probe of probes()) {
    try {
      await readVersion(connection, path, signal, probe);
      return undefined;
    } catch (error) {
      if (isAppError(error, 'NOT_FOUND')) return undefined;
      if (!isAppError(error, 'PERMISSION_DENIED')) throw error;
      denied = error;
    }
  }
  return denied;
}
