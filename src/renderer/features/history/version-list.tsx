import { ListBox, ListBoxItem } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { Ago } from '../../components/ago';
import { Chip } from '../../components/chip';
import { cx } from '../../lib/class-names';
import { formatDateTime } from '../../lib/format';
import { newestOf, titleOf, type KeptHistory, type Version } from './store';

/** The versions, the newest first. */
export function VersionList({ history }: { readonly history: KeptHistory }) {
  const { history: store } = useStores();
  const selected = useFeature('history', (state) => state.selected);
  const newest = newestOf(history)?.revision;
  return (
    <ListBox
      aria-label="Versions"
      items={history.versions.map((version) => ({ id: version.revision, version }))}
      selectionMode="single"
      selectionBehavior="replace"
      disallowEmptySelection
      selectedKeys={selected === undefined ? [] : [selected]}
      onSelectionChange={(keys) => {
        const [revision] = keys === 'all' ? [] : keys;
        if (typeof revision === 'string' && revision !== selected) {
          void store.getState().select(revision);
        }
      }}
      className="flex min-h-0 flex-1 flex-col gap-px overflow-auto p-1.5 outline-none"
    >
      {({ id, version }) => (
        <VersionItem id={id} version={version} isNewest={version.revision === newest} />
      )}
    </ListBox>
  );
}

interface VersionItemProps {
  readonly id: string;
  readonly version: Version;
  readonly isNewest: boolean;
}

function VersionItem({ id, version: one, isNewest }: VersionItemProps) {
  const { version, state, labels, isHeld, createdAt, createdBy } = one;
  const title = titleOf(one);
  const summary = useFeature('history', ({ summaries }) => summaries.get(one.revision));
  const isGone = state === 'deleted' || state === 'destroyed';
  return (
    <ListBoxItem
      id={id}
      textValue={[
        title,
        ...wordsOf(one, isNewest),
        ...(createdAt === undefined || title !== version ? [] : [formatDateTime(createdAt)]),
        ...(createdBy === undefined ? [] : [`by ${createdBy}`]),
        ...(summary === undefined ? [] : [summary]),
      ].join(', ')}
      className={({ isSelected }) =>
        cx(
          'relative flex shrink-0 cursor-default flex-col rounded-md border px-3.25 py-1.5 select-none',
          'data-focus-visible:-outline-offset-2 data-hovered:bg-hover',
          isSelected
            ? 'border-line bg-raised before:absolute before:inset-y-1.5 before:left-0 before:w-0.5 before:rounded-full before:bg-brass-fill data-hovered:bg-raised'
            : 'border-transparent',
        )
      }
    >
      <span className="flex min-w-0 flex-wrap items-center gap-x-1.5">
        <span
          className={cx(
            'mr-0.5 min-w-0 truncate text-xs',
            title === version && 'font-mono',
            isGone ? 'text-text-2 line-through' : 'font-semibold',
          )}
        >
          {title}
        </span>
        {isNewest ? <Chip>current</Chip> : null}
        {isGone ? <Chip tone="bad">{state}</Chip> : null}
        {/* AWSCURRENT says the same as “current”. */}
        {labels
          .filter((label) => !(isNewest && label === 'AWSCURRENT'))
          .map((label) => (
            <Chip key={label}>{label}</Chip>
          ))}
        {isHeld && !isNewest ? <Chip tone="secret">in memory</Chip> : null}
      </span>
      <span className="flex min-w-0 gap-1 text-2xs text-text-2">
        {createdAt === undefined ? 'time unknown' : <Ago at={createdAt} className="shrink-0" />}
        {createdBy === undefined ? null : (
          <span className="min-w-0 truncate" title={createdBy}>
            by {createdBy}
          </span>
        )}
        {title === version ? null : (
          <span className="ml-auto font-mono text-text-3">{version}</span>
        )}
      </span>
      {/* Its line is there before the summary is, so that nothing moves. */}
      <span className="h-4 min-w-0 truncate text-2xs text-text-2" title={summary}>
        {summary}
      </span>
    </ListBoxItem>
  );
}

const wordsOf = ({ state, labels, isHeld }: Version, isNewest: boolean): readonly string[] => [
  ...(isNewest ? ['current'] : []),
  ...(state === 'deleted' || state === 'destroyed' ? [state] : []),
  ...labels,
  ...(isHeld && !isNewest ? ['in memory'] : []),
];
