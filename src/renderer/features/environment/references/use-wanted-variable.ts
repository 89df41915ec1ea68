/** Shows the variable that a link leads to, even if a filter hides it, or says that it is not there. */
import { visibleText } from '@shared/model/visible-text';
import { useEffect } from 'react';
import { useFeature, useStores } from '@renderer/app/stores';
import type { Row } from '../draft';

export function useWantedVariable(id: string, rows: readonly Row[], showAll: () => void): void {
  const { announcements, references } = useStores();
  const key = useFeature('references', ({ wanted }) =>
    wanted?.id === id ? wanted.key : undefined,
  );
  const isThere = key !== undefined && rows.some((row) => row.key === key);
  useEffect(() => {
    if (isThere) showAll();
    else if (key !== undefined) {
      announcements.getState().say(`There is no variable ${visibleText(key, 80)} here.`, 'bad');
      references.getState().arrived();
    }
    // Only as the link is followed: what a person types into the filter later counts.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [isThere, key]);
}
