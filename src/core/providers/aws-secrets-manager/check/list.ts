/** Step “List secrets”: the first page of a listing. */
import { AppError, isAppError } from '@shared/errors';
import { httpsExpected } from '@core/network/https-expected';
import { lookUpRegion } from '../../aws/regions';
import { isAwsItself } from '../../aws/sts-endpoint';
import { speaksTls } from '../../check/speaks-tls';
import { passed, warned, type StepResult } from '../../check/steps';
import type { SecretsManagerConnection } from '../connection';
import { listPage, type ListingPage } from '../list';

/** Throws what any call may throw, and `HTTPS_EXPECTED` if a server of TLS cut off a call in plain http. */
export async function firstPage(
  connection: SecretsManagerConnection,
  signal: AbortSignal,
): Promise<ListingPage> {
  try {
    return await listPage(connection, signal);
  } catch (error) {
    const url = await connection.endpoint();
    const isPlain = url.protocol === 'http:' && isAppError(error, 'CONNECTION_RESET');
    // Through a proxy the server is not to be spoken to by another way.
    if (!isPlain || (await connection.network.proxyFor(url)) !== undefined) throw error;
    if (!(await speaksTls(url, connection.options.connectTimeout, signal))) throw error;
    throw httpsExpected(url, 'endpoint', undefined, error);
  }
}

export async function describePage(
  connection: SecretsManagerConnection,
  { secrets, nextToken }: Pick<ListingPage, 'secrets' | 'nextToken'>,
): Promise<StepResult> {
  const scheduled = secrets.filter(({ unavailable }) => unavailable !== undefined).length;
  const count = secrets.length;
  if (count === 0) {
    return nextToken === undefined
      ? warned('None there yet', await nothingListed(connection))
      : passed('Permitted');
  }
  const found = `${String(count)}${nextToken === undefined ? '' : ' and more'} found`;
  return passed(scheduled === 0 ? found : `${found}, ${String(scheduled)} scheduled for deletion`);
}

/** A new account has none either, so nothing is said to be wrong. */
async function nothingListed(connection: SecretsManagerConnection): Promise<AppError> {
  const { region } = connection.settings.values;
  const { hostname, host } = await connection.endpoint();
  if (!isAwsItself(hostname, connection.service)) {
    const { source, isTyped } = (await connection.override()) ?? {
      source: 'Endpoint Override',
      isTyped: true,
    };
    return new AppError('INVALID_CONFIGURATION', {
      message: `There are no secrets at ${host}, in the region ${region}.`,
      likelyCause: `These calls go to the address of ${source} and not to AWS.`,
      hint: `${isTyped ? 'Empty' : 'Remove'} ${source} if your secrets are at AWS itself. If you mean this server, all is well.`,
      details: { field: 'endpoint', ...(isTyped && { suggestion: '' }) },
    });
  }
  const { description } = await lookUpRegion(region);
  const name = description === undefined ? region : `${region}, ${description}`;
  return new AppError('INVALID_CONFIGURATION', {
    message: `There are no secrets in the region ${name}.`,
    likelyCause: 'Nobody has made one there yet, or yours are in another region.',
    hint: 'If your secrets are elsewhere, change Region. The AWS Console shows it at the top right. For a new account, all is well.',
    details: { field: 'region' },
  });
}
