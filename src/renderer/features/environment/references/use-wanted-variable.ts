/** Shows the variable that a link leads to, even if a filter hides it. */
import { useEffect } from 'react';
import { useFeature } from '@renderer/app/stores';
import type { Row } from '../draft';

export function useWantedVariable(id: string, rows: readonly Row[], showAll: () => void): void {
  const key = useFeature('references', ({ wanted }) =>
    wanted?.id === id ? wanted.key : undefined,
  );
  const isThere = key !== undefined && rows.some((row) => row.key === key);
  useEffect(() => {
    if (isThere) showAll();
    // Only as the link is followed: what a person types into the filter later counts.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isThere, key]);
}
