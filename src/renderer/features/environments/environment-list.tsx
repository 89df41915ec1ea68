import type { Environment } from '@shared/model/environment';
import { useDeferredValue, useMemo } from 'react';
import { GridList, GridListItem, ListLayout, Virtualizer } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { cx } from '../../lib/class-names';
import { scaled } from '../../lib/rem';
import { StateMark, stateWord } from './state-mark';
import { searchEnvironments } from './store';

const ROW = 30;

export function EnvironmentList() {
  const { navigation } = useStores();
  const list = useFeature('environments', (state) => state.list);
  const search = useFeature('environments', (state) => state.search);
  const current = useFeature('navigation', ({ route }) =>
    route.screen === 'environment' ? route.id : undefined,
  );
  const deferred = useDeferredValue(search);
  const found = useMemo(() => searchEnvironments(list, deferred), [list, deferred]);

  return (
    <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: scaled(ROW) }}>
      <GridList
        aria-label="Environments"
        items={found}
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={current === undefined ? [] : [current]}
        onSelectionChange={(keys) => {
          const [id] = keys === 'all' ? [] : keys;
          if (typeof id === 'string') navigation.getState().go({ screen: 'environment', id });
        }}
        renderEmptyState={() => (
          <p className="px-3.5 py-1.5 text-text-2">
            {list.length === 0 ? 'None yet.' : `Nothing matches “${search.trim()}”.`}
          </p>
        )}
        className="min-h-0 flex-1 overflow-auto outline-none"
      >
        {(environment) => <EnvironmentItem environment={environment} />}
      </GridList>
    </Virtualizer>
  );
}

function EnvironmentItem({ environment }: { readonly environment: Environment }) {
  const word = stateWord(environment);
  return (
    <GridListItem
      id={environment.id}
      textValue={`${environment.name}, ${word}`}
      className={({ isSelected }) =>
        cx(
          'relative mx-1.5 flex h-full cursor-default items-center gap-2 rounded-md border border-transparent px-2 select-none',
          'data-focus-visible:-outline-offset-2 data-hovered:bg-hover',
          isSelected &&
            'border-line bg-raised before:absolute before:inset-y-1 before:left-0 before:w-0.5 before:rounded-full before:bg-brass-fill data-hovered:bg-raised',
        )
      }
    >
      <StateMark state={environment.state} />
      <span className="min-w-0 flex-1 truncate" title={environment.name}>
        {environment.name}
      </span>
      <span
        className={cx(
          'max-w-1/2 shrink-0 truncate text-2xs tabular-nums',
          environment.state === 'failed' ? 'text-bad' : 'text-text-3',
        )}
      >
        {word}
      </span>
    </GridListItem>
  );
}
