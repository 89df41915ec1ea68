import type { Grant } from '@shared/model/grant';
import { CornerDownRight } from 'lucide-react';
import { useDeferredValue, useMemo } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { Ago } from '../../components/ago';
import { SearchField } from '../../components/search-field';
import { cx } from '../../lib/class-names';
import { formatDate, formatDateTime, plural } from '../../lib/format';
import { useNow } from '../../lib/use-now';
import { GrantStateMark } from './state-mark';
import { arranged, isAboutNew, searchGrants, type GrantRow } from './store';
import { serviceOf } from './words';

/** The grants by name, each clone below its original. */
export function GrantList({ list }: { readonly list: readonly Grant[] }) {
  const { requests } = useStores();
  const search = useFeature('requests', (state) => state.search);
  const selected = useFeature('requests', (state) => state.selected);
  const isOnTheWay = useFeature('requests', ({ view }) => isAboutNew(view));
  const deferred = useDeferredValue(search);
  const rows = useMemo(() => searchGrants(arranged(list), deferred), [list, deferred]);
  const { select, setSearch } = requests.getState();
  return (
    <>
      <SearchField
        label="Search grants"
        placeholder={`Search ${plural(list.length, 'grant')}`}
        value={search}
        onChange={setSearch}
        className="px-3 pt-2.5 pb-1"
      />
      <ListBox
        aria-label="Grants"
        items={rows.map((row) => ({ id: row.grant.id, row }))}
        selectionMode="single"
        selectionBehavior="replace"
        selectedKeys={selected === undefined || isOnTheWay ? [] : [selected]}
        onSelectionChange={(keys) => {
          const [id] = keys === 'all' ? [] : keys;
          if (typeof id === 'string') select(id);
        }}
        renderEmptyState={() => (
          <p className="px-2 py-1 text-text-2">
            Nothing matches “{deferred.trim()}”. Esc clears the search.
          </p>
        )}
        className="flex min-h-0 flex-1 flex-col gap-px overflow-auto p-1.5 outline-none"
      >
        {({ id, row }) => <GrantItem id={id} row={row} onPress={() => select(id)} />}
      </ListBox>
    </>
  );
}

/** Clones of clones are rare, and the list is narrow. */
const DEEPEST = 3;
const indents = ['', 'ml-4', 'ml-8', 'ml-12'] as const;

interface GrantItemProps {
  readonly id: string;
  readonly row: GrantRow;
  readonly onPress: () => void;
}

function GrantItem({ id, row: { grant, depth }, onPress }: GrantItemProps) {
  const now = useNow();
  const { name, hosts, usedAt, original, policy } = grant;
  const { expiresAt } = policy;
  const [first = '', ...others] = hosts;
  const more = others.length === 0 ? '' : ` +${String(others.length)}`;
  return (
    <ListBoxItem
      id={id}
      textValue={name}
      // Pressing the selected grant is no change of selection, but leads back from a form about it.
      onPress={onPress}
      className={({ isSelected }) =>
        cx(
          'relative flex shrink-0 cursor-default flex-col rounded-md border px-2.5 py-1.5 select-none',
          'data-focus-visible:-outline-offset-2 data-hovered:bg-hover',
          indents[Math.min(depth, DEEPEST)],
          isSelected
            ? 'border-line bg-raised before:absolute before:inset-y-1.5 before:left-0 before:w-0.5 before:rounded-full before:bg-brass-fill data-hovered:bg-raised'
            : 'border-transparent',
        )
      }
    >
      <span className="flex min-w-0 items-center gap-1.5">
        {original === undefined ? null : (
          <>
            <CornerDownRight aria-hidden className="size-3 shrink-0 text-text-3" />
            <span className="sr-only">Clone of {original.name ?? 'a deleted grant'}:</span>
          </>
        )}
        <span className="min-w-0 flex-1 truncate font-medium" title={name}>
          {name}
        </span>
        <GrantStateMark grant={grant} />
      </span>
      <span className="flex min-w-0 gap-1.5 text-2xs text-text-2">
        <span className="shrink-0">{serviceOf(grant)}</span>
        <span className="min-w-0 truncate font-mono" title={hosts.join(', ')}>
          {first}
        </span>
        <span className="shrink-0">{more}</span>
      </span>
      {usedAt === undefined && expiresAt === undefined ? null : (
        <span className="flex min-w-0 gap-2 text-2xs text-text-3">
          {usedAt === undefined ? null : (
            <span className="shrink-0">
              used <Ago at={usedAt} />
            </span>
          )}
          {expiresAt === undefined ? null : (
            <span className="min-w-0 truncate" title={formatDateTime(expiresAt)}>
              {expiresAt <= now ? 'ended' : 'ends'} {formatDate(expiresAt)}
            </span>
          )}
        </span>
      )}
    </ListBoxItem>
  );
}
