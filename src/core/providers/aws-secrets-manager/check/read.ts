/** Step “Read secrets”: the permission, without fetching anybody's value. */
import { randomUUID } from 'node:crypto';
import { AppError, isAppError } from '@shared/errors';
import { canBeAllowed } from '../../aws/errors';
import { anyAccount, statementText } from '../../aws/policy';
import { passed, warned, type StepResult } from '../../check/steps';
import { listText } from '../../check/texts';
import type { SecretsManagerConnection } from '../connection';
import type { ListingPage } from '../list';
import { readVersion } from '../read';

/** A label that no version has. AWS says so if reading is permitted, and refuses otherwise. */
const NO_SUCH_LABEL = 'STRONGROOM_CHECK';

/** The name that is tried if nothing is listed. */
const NO_SUCH_SECRET = 'strongroom-connection-test';

/** How many listed secrets are tried: a policy may be limited to some names. */
const SAMPLE = 5;

/** More names than this are counted, not named. */
const NAMES_TOLD = 3;

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** One path of each folder before the second of any, since policies are mostly given by folder. */
export function sampleOf(paths: readonly string[]): string[] {
  const seen = new Map<string, number>();
  const ranked = paths.map((path) => {
    const rank = seen.get(folderOf(path)) ?? 0;
    seen.set(folderOf(path), rank + 1);
    return { path, rank };
  });
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, SAMPLE)
    .map(({ path }) => path);
}

/** `readable` is the path of a secret that may be read, if there is one. */
export async function tryReading(
  connection: SecretsManagerConnection,
  page: Pick<ListingPage, 'secrets' | 'nextToken' | 'arnPrefix'>,
  signal: AbortSignal,
): Promise<{ readonly result: StepResult; readonly readable?: string }> {
  const { secrets, nextToken } = page;
  const listed = secrets.filter(({ unavailable }) => unavailable === undefined);
  const sample = sampleOf(listed.map(({ path }) => path));
  if (sample.length === 0) return { result: await tryAnyName(connection, signal) };

  const tried = await Promise.all(
    sample.map(async (path) => ({ path, denied: await denial(connection, path, signal) })),
  );
  const refused = tried.flatMap(({ path, denied }) => (denied ? [{ path, denied }] : []));
  const readable = tried.find(({ denied }) => denied === undefined)?.path;
  const more = nextToken === undefined ? '' : ' and more';
  const isAll = sample.length === listed.length && nextToken === undefined;
  const scope = isAll
    ? sample.length === 1
      ? 'the only one'
      : `all ${String(sample.length)}`
    : `${String(sample.length)} of ${String(listed.length)}${more}`;
  if (refused.length === 0) {
    return { result: passed(`Permitted, tried with ${scope}`), ...(readable && { readable }) };
  }
  const error = cannotRead(connection, page, { refused, tried: sample.length, scope });
  if (isAll && readable === undefined) throw error;
  return {
    result: warned(`Tried with ${scope}`, error),
    ...(readable !== undefined && { readable }),
  };
}

/** With nothing listed, only a permission for every name can be seen. */
async function tryAnyName(
  connection: SecretsManagerConnection,
  signal: AbortSignal,
): Promise<StepResult> {
  const denied = await denial(connection, NO_SUCH_SECRET, signal);
  if (denied === undefined) return passed('Permitted, tried with a name that does not exist');
  const statement = statementText({
    actions: ['secretsmanager:GetSecretValue'],
    resources: [`${anyAccount('secretsmanager', connection.settings.values.region)}secret:*`],
  });
  return warned(
    undefined,
    new AppError('PERMISSION_DENIED', {
      message: 'There is nothing to read yet, and reading any name is not permitted.',
      likelyCause: 'The policy is limited to other names, or lacks secretsmanager:GetSecretValue.',
      hint: `If it is limited on purpose, all is well. Otherwise add this statement to it:\n${statement}`,
      remedy: { handOver: statement },
      details: denied.details,
    }),
  );
}

interface Refusal {
  readonly refused: readonly { readonly path: string; readonly denied: AppError }[];
  /** How many were tried. */
  readonly tried: number;
  /** The same in words, with how many there are. */
  readonly scope: string;
}

function cannotRead(
  { settings }: SecretsManagerConnection,
  { arnPrefix }: Pick<ListingPage, 'arnPrefix'>,
  { refused, tried, scope }: Refusal,
): AppError {
  const paths = refused.map(({ path }) => path);
  const message = `The credentials may not read ${listText(paths, NAMES_TOLD)}, tried with ${scope}.`;
  const isNone = refused.length === tried;
  const purpose = `${isNone ? '' : 'Pull All skips what may not be read. '}If that is on purpose, all is well.`;
  const grantable = refused.filter(({ denied }) => canBeAllowed(denied));
  if (grantable.length === 0) {
    return new AppError('PERMISSION_DENIED', {
      message,
      likelyCause: 'A policy forbids it explicitly.',
      hint: `${purpose} Otherwise ask the administrator of the AWS account to lift that for you.`,
    });
  }
  const prefix = arnPrefix ?? `${anyAccount('secretsmanager', settings.values.region)}secret:`;
  const statement = statementText({
    actions: ['secretsmanager:GetSecretValue'],
    // AWS adds six characters to the name.
    resources: grantable.map(({ path }) => `${prefix}${path}-??????`),
  });
  return new AppError('PERMISSION_DENIED', {
    message,
    likelyCause: isNone
      ? 'The policy lacks secretsmanager:GetSecretValue, or is limited to other names.'
      : 'The policy is limited to certain names.',
    hint: `${purpose} Otherwise add this statement to the policy:\n${statement}`,
    remedy: { handOver: statement },
  });
}

/** `undefined` if reading is permitted. */
async function denial(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<AppError | undefined> {
  const refused = await refusal(connection, path, { VersionStage: NO_SUCH_LABEL }, signal);
  if (refused === undefined) return undefined;
  // A policy may grant the current version alone. With a version that does not exist no value comes back.
  const current = { VersionStage: 'AWSCURRENT', VersionId: randomUUID() };
  return refusal(connection, path, current, signal);
}

async function refusal(
  connection: SecretsManagerConnection,
  path: string,
  which: Parameters<typeof readVersion>[3],
  signal: AbortSignal,
): Promise<AppError | undefined> {
  try {
    await readVersion(connection, path, signal, which);
    return undefined;
  } catch (error) {
    if (isAppError(error, 'PERMISSION_DENIED')) return error;
    if (isAppError(error, 'NOT_FOUND')) return undefined;
    throw error;
  }
}
