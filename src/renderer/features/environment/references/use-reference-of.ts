import type { PointsTo } from '@shared/model/stored-reference';
import { useFeature } from '@renderer/app/stores';
import type { Row } from '../draft';

/** Where the value of a row points, typed or saved; `undefined` if it is no reference. */
export function useReferenceOf(row: Row | undefined): PointsTo | undefined {
  const typed = useFeature('references', ({ checked }) =>
    row === undefined ? undefined : checked.get(row.id)?.reference,
  );
  if (row === undefined) return undefined;
  return row.typed === undefined ? row.variable.reference : typed;
}
