/** Reading one secret. */
import type { GetSecretValueResponse, SecretValueEntry } from '@aws-sdk/client-secrets-manager';
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

/**
 * The current version, or the one with an id or a staging label. The current one is asked for without
 * its label, as every other client does.
 */
export async function readVersion(
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
  which: { readonly VersionStage?: string; readonly VersionId?: string } = {},
): Promise<StoredVersion> {
  const operation = 'GetSecretValue';
  const answer = await connection.call({ operation, path, signal }, (client, http) =>
    client.getSecretValue({ SecretId: path, ...which }, http),
  );
  if (answer.VersionId === undefined) throw unexpectedAnswer(operation, path);
  return { id: answer.VersionId, answer };
}

export const readSecret = async (
  connection: SecretsManagerConnection,
  path: string,
  signal: AbortSignal,
): Promise<SecretSnapshot> =>
  snapshotOf(path, (await readVersion(connection, path, signal)).answer);

/** Throws `NOT_FOUND` if AWS does not keep that version any more. */
export async function readSecretVersion(
  connection: SecretsManagerConnection,
  path: string,
  revision: Revision,
  signal: AbortSignal,
): Promise<SecretSnapshot> {
  const { answer } = await readVersion(connection, path, signal, { VersionId: revision });
  return snapshotOf(path, answer);
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
