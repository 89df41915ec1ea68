import type { Environment } from '@shared/model/environment';
import { GripVertical, Star } from 'lucide-react';
import { useDeferredValue, useMemo, type KeyboardEvent } from 'react';
import {
  Button as AriaButton,
  GridList,
  GridListItem,
  ListLayout,
  Virtualizer,
  useDragAndDrop,
} from 'react-aria-components';
import { environmentOf } from '../../app/navigation';
import { useFeature, useStores } from '../../app/stores';
import { OwnerIcon, ownerText } from '../../components/owner-mark';
import { cx } from '../../lib/class-names';
import { scaled } from '../../lib/rem';
import { unsavedCount } from '../environment/drafts-store';
import { StateMark, stateWord } from './state-mark';
import { searchEnvironments } from './store';

const ROW = 30;

export function EnvironmentList() {
  const { navigation, environments } = useStores();
  const list = useFeature('environments', (state) => state.list);
  const search = useFeature('environments', (state) => state.search);
  const current = useFeature('navigation', ({ route }) => environmentOf(route));
  const deferred = useDeferredValue(search);
  const found = useMemo(() => searchEnvironments(list, deferred), [list, deferred]);

  const { move } = environments.getState();
  // Only the whole list can be reordered, not the result of a search.
  const canMove = found.length === list.length && list.length > 1;

  const { dragAndDropHooks } = useDragAndDrop({
    isDisabled: !canMove,
    getItems: (keys) => [...keys].map((key) => ({ 'text/plain': String(key) })),
    onReorder: ({ keys, target }) => {
      if (target.dropPosition === 'on') return;
      void move(new Set([...keys].map(String)), String(target.key), target.dropPosition);
    },
  });

  /** Alt and an arrow key move the focused environment. */
  const onKeyDownCapture = (event: KeyboardEvent): void => {
    if (!event.altKey || !canMove || !(event.target instanceof HTMLElement)) return;
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    const id = event.target.closest<HTMLElement>('[role="row"]')?.dataset['key'];
    const at = list.findIndex((one) => one.id === id);
    if (by === 0 || id === undefined || at === -1) return;
    event.preventDefault();
    event.stopPropagation();
    const neighbour = list[at + by];
    if (neighbour === undefined) return;
    void move(new Set([id]), neighbour.id, by === -1 ? 'before' : 'after');
  };

  return (
    // Handles keys of the list inside, before the list does.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div className="flex min-h-0 flex-1 flex-col" onKeyDownCapture={onKeyDownCapture}>
      <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: scaled(ROW) }}>
        <GridList
          aria-label="Environments"
          items={found}
          dragAndDropHooks={dragAndDropHooks}
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
          className="min-h-0 flex-1 overflow-auto"
        >
          {(environment) => <EnvironmentItem environment={environment} />}
        </GridList>
      </Virtualizer>
    </div>
  );
}

function EnvironmentItem({ environment }: { readonly environment: Environment }) {
  const { navigation } = useStores();
  const unsaved = useFeature('drafts', (state) => unsavedCount(state, environment.id));
  const { name, active, server, state, owner } = environment;
  const stateText = stateWord(environment);
  const word = unsaved > 0 ? `${String(unsaved)} unsaved` : stateText;
  return (
    <GridListItem
      id={environment.id}
      textValue={[
        name,
        ...(active ? ['active'] : []),
        ...(owner === undefined ? [] : [ownerText(owner)]),
        word,
        ...(unsaved > 0 && server !== undefined ? [stateText] : []),
      ].join(', ')}
      // Pressing the selected item is no change of selection, but leads back from another page about it.
      onPress={() => navigation.getState().go({ screen: 'environment', id: environment.id })}
      className={({ isSelected }) =>
        cx(
          'group/item relative mx-1.5 flex h-full cursor-default items-center gap-2 rounded-md border border-transparent px-2 select-none',
          'data-dragging:opacity-50 data-focus-visible:-outline-offset-2 data-hovered:bg-hover',
          isSelected &&
            'border-line bg-raised before:absolute before:inset-y-1 before:left-0 before:w-0.5 before:rounded-full before:bg-brass-fill data-hovered:bg-raised',
        )
      }
    >
      <AriaButton
        slot="drag"
        aria-label={`Reorder ${name}`}
        className="absolute left-0 opacity-0 group-data-hovered/item:opacity-100 data-focus-visible:opacity-100"
      >
        <GripVertical aria-hidden className="size-3 text-text-3" />
      </AriaButton>
      <StateMark state={unsaved > 0 ? 'unsaved' : server === undefined ? state : 'changed'} />
      <span className="min-w-0 flex-1 truncate" title={name}>
        {name}
      </span>
      {owner === undefined ? null : <OwnerIcon owner={owner} />}
      {active ? (
        <>
          <Star aria-hidden className="size-3 shrink-0 fill-current text-text-2" />
          <span className="sr-only">active</span>
        </>
      ) : null}
      <span
        className={cx(
          'max-w-1/2 shrink-0 truncate text-2xs tabular-nums',
          wordTone(environment, unsaved),
        )}
      >
        {word}
      </span>
    </GridListItem>
  );
}

function wordTone({ state, server }: Environment, unsaved: number): string {
  if (unsaved > 0) return 'text-brass';
  if (server !== undefined) return 'text-info';
  return state === 'failed' ? 'text-bad' : 'text-text-3';
}
