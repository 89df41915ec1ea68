import { useLayoutEffect, useRef } from 'react';
import { useFeature } from '../../app/stores';
import type { Row } from './draft';
import { useGrid } from './grid-context';
import type { Field } from './store';

/** Passes the cell of this field to the grid while the field is edited. */
export function useEditingAnchor(row: Row, field: Field) {
  const content = useRef<HTMLSpanElement>(null);
  const { setAnchor } = useGrid();
  const isEdited = useFeature(
    'environment',
    ({ editing }) => editing?.row.id === row.id && editing.field === field,
  );
  useLayoutEffect(() => {
    if (!isEdited) return undefined;
    setAnchor(
      content.current?.closest<HTMLElement>('[role="gridcell"],[role="rowheader"]') ?? null,
    );
    return () => setAnchor(null);
  }, [isEdited, setAnchor]);
  return content;
}
