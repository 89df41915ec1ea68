/** Step “List secrets”: the first page of a listing. */
import type { Connection } from '../connection';
import { listPage, type ListingPage } from '../list';
import type { StepResult } from './steps';

export const firstPage = (connection: Connection, signal: AbortSignal): Promise<ListingPage> =>
  listPage(connection, signal);

export function describePage({ secrets, nextToken }: ListingPage): StepResult {
  const scheduled = secrets.filter(({ unavailable }) => unavailable !== undefined).length;
  const count = secrets.length;
  if (count === 0) return { detail: nextToken === undefined ? 'None there yet' : 'Permitted' };
  const found = `${String(count)}${nextToken === undefined ? '' : ' and more'} found`;
  return {
    detail: scheduled === 0 ? found : `${found}, ${String(scheduled)} scheduled for deletion`,
  };
}
