/** Test Connection: from the address to what is permitted, step by step, writing nothing. */
import { AppError, isAppError, type ErrorCode } from '@shared/errors';
import type { CheckStep } from '@shared/model/connection';
import { networkSteps } from '../../check/network';
import { passed, runSteps, warned, type StepResult } from '../../check/steps';
import { countText, listText } from '../../check/texts';
import type { KeyVaultConnection } from '../connection';
import { environmentsIn, listingRefused } from '../list';
import { firstSecrets, getSecret, type Item } from '../secrets';

/** How many secrets are read to see whether that is permitted. */
const SAMPLE = 5;

const CONNECT_MS = 5000;

/** A secret that cannot be read although the permission is there. */
const ofSecret: ReadonlySet<ErrorCode> = new Set(['NOT_FOUND', 'REQUEST_REFUSED']);

export function checkConnection(
  connection: KeyVaultConnection,
  signal: AbortSignal,
): AsyncIterable<CheckStep> {
  const { api, network, runtime, settings } = connection;
  let found: readonly Item[] = [];
  let hasMore = false;
  return runSteps(
    [
      ...networkSteps({
        url: () => Promise.resolve(api.url),
        field: 'vault',
        network,
        runtime,
        deadlineMs: CONNECT_MS,
        explain: (error, host) => explainName(error, host),
      }),
      {
        id: 'vault',
        label: 'Key vault',
        run: async (signal) => {
          const { tenant, authority } = await api.challenge(signal);
          return passed(`Tenant ${tenant}, sign-in at ${new URL(authority).hostname}`);
        },
      },
      {
        id: 'credentials',
        label: 'Credentials',
        run: async (signal) => {
          await api.token(signal);
          return passed(api.tokens.describe());
        },
      },
      {
        id: 'list',
        label: 'List secrets',
        run: async (signal) => {
          try {
            const page = await firstSecrets(api, signal);
            found = page.secrets;
            hasMore = page.hasMore;
            return describeFound(settings.values.vault, page);
          } catch (error) {
            if (!isAppError(error, 'PERMISSION_DENIED')) throw error;
            const refused = listingRefused(error);
            // A firewall lets nothing through.
            if (refused === error) throw error;
            return warned(undefined, refused);
          }
        },
      },
      {
        id: 'read',
        label: 'Read secrets',
        run: (signal) => tryReading(connection, found, hasMore, signal),
      },
    ],
    runtime,
    signal,
  );
}

function explainName(error: AppError, host: string): AppError {
  if (error.code !== 'NAME_NOT_FOUND') return error;
  return new AppError('NAME_NOT_FOUND', {
    message: `${host} could not be found.`,
    likelyCause: 'The name of the vault is misspelt, or the vault was deleted.',
    hint: 'Check Key vault: the portal shows the Vault URI on the page of the vault.',
    details: { ...error.details, field: 'vault' },
    cause: error.cause,
  });
}

function describeFound(
  vault: string,
  { secrets, hasMore }: { readonly secrets: readonly Item[]; readonly hasMore: boolean },
): StepResult {
  if (secrets.length === 0 && !hasMore) {
    return warned(
      'None there yet',
      new AppError('NOT_FOUND', {
        message: `There are no secrets in ${vault}.`,
        likelyCause: 'That is right for a new vault, or they are in another one.',
        hint: 'If yours are in another vault, change Key vault.',
        remedy: { open: 'connection' },
        details: { field: 'vault' },
      }),
    );
  }
  const environments = environmentsIn(secrets).size;
  return passed(
    `${String(secrets.length)}${hasMore ? ' and more' : ''} found, in ${countText(environments, 'environment')}`,
  );
}

/** Reads a sample, and claims no more than that. Throws if not one of it can be read. */
async function tryReading(
  { api }: KeyVaultConnection,
  found: readonly Item[],
  hasMore: boolean,
  signal: AbortSignal,
): Promise<StepResult> {
  const sample = found.slice(0, SAMPLE).map(({ name }) => name);
  if (sample.length === 0) return passed('Not tried: no secret is known to read');
  const refused: string[] = [];
  let denied: AppError | undefined;
  for (const name of sample) {
    try {
      await getSecret(api, name, signal);
    } catch (error) {
      if (!isAppError(error)) throw error;
      if (error.code === 'PERMISSION_DENIED') {
        refused.push(name);
        denied ??= error;
      } else if (!ofSecret.has(error.code)) throw error;
    }
  }
  const isAll = sample.length === found.length && !hasMore;
  const tried = `${String(sample.length - refused.length)} of ${String(sample.length)} tried. Writing was not tried`;
  if (denied === undefined) return passed(isAll ? 'Permitted. Writing was not tried' : tried);
  if (refused.length === sample.length && isAll) throw denied;
  return warned(
    tried,
    new AppError('PERMISSION_DENIED', {
      message: `Reading is refused for ${listText(refused, SAMPLE)}.`,
      likelyCause: 'The role is granted for single secrets only.',
      hint: 'If that is intended, nothing needs to be done. Otherwise ask for the role on the whole vault.',
    }),
  );
}
