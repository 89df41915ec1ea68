/** Step “List secrets”: the first page of a listing. */
import { passed, type StepResult } from '../../check/steps';
import type { SecretsManagerConnection } from '../connection';
import { listPage, type ListingPage } from '../list';

export const firstPage = (
  connection: SecretsManagerConnection,
  signal: AbortSignal,
): Promise<ListingPage> => listPage(connection, signal);

export function describePage({
  secrets,
  nextToken,
}: Pick<ListingPage, 'secrets' | 'nextToken'>): StepResult {
  const scheduled = secrets.filter(({ unavailable }) => unavailable !== undefined).length;
  const count = secrets.length;
  if (count === 0) return passed(nextToken === undefined ? 'None there yet' : 'Permitted');
  const found = `${String(count)}${nextToken === undefined ? '' : ' and more'} found`;
  return passed(scheduled === 0 ? found : `${found}, ${String(scheduled)} scheduled for deletion`);
}
