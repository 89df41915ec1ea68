import type { Hit } from '@shared/model/search';
import { useCallback } from 'react';
import { useStores } from '../../app/stores';

/** Leads to the variable, or to the environments to choose from. */
export function useOpenHit(): (hit: Hit) => void {
  const { references, keyHolders } = useStores();
  return useCallback(
    (hit) => {
      if (hit.kind === 'key' && hit.count > 1) void keyHolders.getState().show(hit.key);
      else references.getState().go({ id: hit.id, key: hit.key });
    },
    [references, keyHolders],
  );
}
