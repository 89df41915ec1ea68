/** Listing all secrets. */
import type { ListSecretsResponse } from '@aws-sdk/client-secrets-manager';
import type { ListedSecret, Listing, ListOptions } from '../provider';
import { withDeadline } from '@core/network/deadline';
import { eachPage } from '../aws/pages';
import type { SecretsManagerConnection } from './connection';
import { unexpectedAnswer } from '../aws/errors';

const PAGE = 100;

export interface ListingPage {
  readonly secrets: readonly ListedSecret[];
  readonly nextToken: string | undefined;
  /** What all their ARNs begin with, up to `:secret:`, if there is one. */
  readonly arnPrefix: string | undefined;
}

/** One page, those scheduled for deletion included. */
export async function listPage(
  connection: SecretsManagerConnection,
  signal: AbortSignal,
  nextToken?: string,
): Promise<ListingPage> {
  const operation = 'ListSecrets';
  const answer: ListSecretsResponse = await connection.call({ operation, signal }, (client, http) =>
    client.listSecrets(
      {
        MaxResults: PAGE,
        IncludePlannedDeletion: true,
        ...(nextToken !== undefined && { NextToken: nextToken }),
      },
      http,
    ),
  );
  // Some other service that answers in JSON must not pass for an account without secrets.
  if (!Array.isArray(answer.SecretList)) throw unexpectedAnswer(operation);
  return {
    secrets: answer.SecretList.map(({ Name: path, DeletedDate: deletedAt }) => {
      if (path === undefined || path === '') throw unexpectedAnswer(operation);
      return deletedAt ? { path, unavailable: 'scheduled-for-deletion' } : { path };
    }),
    // AWS leaves it out on the last page; some compatible servers send null or nothing.
    nextToken: answer.NextToken || undefined,
    arnPrefix: /^arn:[\w-]+:secretsmanager:[\w-]+:\d+:secret:/.exec(
      answer.SecretList[0]?.ARN ?? '',
    )?.[0],
  };
}

/**
 * All pages. A short or empty page is not the last: only a missing NextToken says so. Throws
 * `LISTING_ENDLESS`, and what any call may throw.
 */
export function listSecrets(
  connection: SecretsManagerConnection,
  { signal, onFound }: ListOptions,
): Promise<Listing> {
  return withDeadline(signal, connection.options.listDeadline, async (either) => {
    // By name: a secret that is created meanwhile can push another one onto the next page again.
    const secrets = new Map<string, ListedSecret>();
    await eachPage(
      (token) => listPage(connection, either, token),
      (page) => {
        const before = secrets.size;
        for (const secret of page.secrets) secrets.set(secret.path, secret);
        onFound?.(secrets.size);
        return secrets.size > before;
      },
    );
    return { secrets: [...secrets.values()], unlisted: [] };
  });
}
