/** What the text in the editor would be as a value. */
import type { CheckedValue } from '@shared/model/stored-reference';
import { useEffect, useState } from 'react';
import { useFeature, useStores } from '@renderer/app/stores';
import type { Row } from '../draft';

/** `undefined` while nobody knows, and for a text that refers to nothing. Without a row, nothing is checked. */
export function useTypedReference(row: Row | undefined, text: string): CheckedValue | undefined {
  const { references } = useStores();
  const id = useFeature('environment', (state) => state.id);
  const [found, setFound] = useState<{ text: string; checked: CheckedValue | undefined }>();
  const key = row?.key;
  useEffect(() => {
    if (id === undefined || key === undefined) return undefined;
    let isCurrent = true;
    void references
      .getState()
      .checkTyped(id, key, text)
      .then((checked) => {
        if (isCurrent) setFound({ text, checked });
      });
    return () => {
      isCurrent = false;
    };
  }, [references, id, key, text]);
  return found?.text === text ? found.checked : undefined;
}
