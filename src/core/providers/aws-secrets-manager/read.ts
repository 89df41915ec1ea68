/** Reading one secret. */
import type { GetSecretValueResponse, SecretValueEntry } from '@aws-sdk/client-secrets-manager';
import { AppError, isAppError } from '@shared/errors';
import { documentFromBytes, documentFromText, type SecretDocument } from '@core/secrets/document';
import { type SecretSnapshot } from '../provider';
import { asRevision, type Revision } from '@core/secrets/revision';
import type { SecretsManagerConnection } from './connection';
import { unexpectedAnswer } from '../aws/errors';
import type { Content } from './limits';

/** How much of a VersionId is shown: enough to compare by eye with the console or a colleague. */
const VERSION_LABEL_LENGTH = 8;

/** As much of a VersionId as people read out to each other. */
export const versionLabel = (versionId: string): string => versionId.slice(0, VERSION_LABEL_LENGTH);

export interface StoredVersion {
  readonly id: string;
  readonly answer: GetSecretValueResponse;
}

interface Which {
  readonly VersionStage?: string;
  readonly VersionId?: string;
}

/** What every client asks for that names no version. */
const current = { VersionStage: 'AWSCURRENT' } as const;

/**
 * The current version, or the one with an id or a staging label. The current one is asked for without its
 * label, as every other client does, and with it after a refusal, see `readCurrentByLabel`.
 */
export async function readVersion(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
  which?: Which,
): Promise<StoredVersion> {
  if (which !== undefined) return ask(connection, path, signal, which);
  if (connection.namesCurrent) return ask(connection, path, signal, current);
  try {
    return await ask(connection, path, signal, {});
  } catch (error) {
    if (!isAppError(error, 'PERMISSION_DENIED')) throw error;
    return readCurrentByLabel(connection, path, signal);
  }
}

/**
 * The current version, by its staging label. A policy may permit only that, with a condition on
 * `secretsmanager:VersionStage`, and a request without a label meets no such condition; see
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html.
 */
async function readCurrentByLabel(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<StoredVersion> {
  const version = await ask(connection, path, signal, current);
  connection.namesCurrent = true;
  return version;
}

async function ask(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
  which: Which,
): Promise<StoredVersion> {
  const operation = 'GetSecretValue';
  const answer = await connection.call({ operation, path, signal }, (client, http) =>
    client.getSecretValue({ SecretId: path, ...which }, http),
  );
  if (answer.VersionId === undefined) throw unexpectedAnswer(operation, path);
  return { id: answer.VersionId, answer };
}

/** `wasRefused`: without the staging label, as in a batch. */
export async function readSecret(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
  { wasRefused = false } = {},
): Promise<SecretSnapshot> {
  const { answer } = wasRefused
    ? await readCurrentByLabel(connection, path, signal)
    : await readVersion(connection, path, signal);
  return snapshotOf(path, answer);
}

/** Throws `NOT_FOUND` if AWS does not keep that version any more, `PERMISSION_DENIED` … */
export async function readSecretVersion(
  connection: SecretsManagerConnection,
  path: string,
  revision: Revision,
  signal: AbortSignal,
): Promise<SecretSnapshot> {
  try {
    const { answer } = await readVersion(connection, path, signal, { VersionId: revision });
    return snapshotOf(path, answer);
  } catch (error) {
    if (!isAppError(error, 'PERMISSION_DENIED') || !connection.namesCurrent) throw error;
    throw new AppError('PERMISSION_DENIED', {
      message: 'The credentials may read the current version of a secret only.',
      likelyCause: 'The policy permits GetSecretValue with the staging label AWSCURRENT.',
      hint: 'If you need older versions, ask the administrator of the AWS account to lift the condition on secretsmanager:VersionStage.',
      details: error.details,
      cause: error,
    });
  }
}

/** Throws `UNEXPECTED_ANSWER` if the answer has no version or no value. */
export function snapshotOf(
  path: string,
  answer: GetSecretValueResponse | SecretValueEntry,
): SecretSnapshot {
  const { VersionId: version, CreatedDate: createdAt } = answer;
  const document = documentOf(answer);
  if (version === undefined || document === undefined) {
    throw unexpectedAnswer('GetSecretValue', path);
  }
  return {
    path,
    document,
    revision: asRevision(version),
    version: versionLabel(version),
    modifiedAt: createdAt,
  };
}

const documentOf = ({
  SecretString: text,
  SecretBinary: bytes,
}: GetSecretValueResponse | SecretValueEntry): SecretDocument | undefined => {
  if (typeof text === 'string') return documentFromText(text);
  return bytes === undefined ? undefined : documentFromBytes(bytes);
};

/** What a version holds, to the byte. */
export function storedContent({ answer }: StoredVersion): Content {
  if (typeof answer.SecretString === 'string') return { SecretString: answer.SecretString };
  if (answer.SecretBinary !== undefined) return { SecretBinary: answer.SecretBinary };
  throw unexpectedAnswer('GetSecretValue', answer.Name);
}
