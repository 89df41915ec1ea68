import type { Environment } from '@shared/model/environment';
import {
  ChevronRight,
  FileCode,
  History,
  KeyRound,
  LockKeyhole,
  Star,
  Target,
  TextQuote,
} from 'lucide-react';
import { memo, type CSSProperties } from 'react';
import { useFeature } from '../../app/stores';
import { MiddleText } from '../../components/middle-text';
import { ownerText } from '../../components/owner-mark';
import { cx } from '../../lib/class-names';
import { unsavedCount } from '../environment/drafts-store';
import { StateMark, stateText } from './state-mark';
import {
  FAVOURITES,
  isGroup,
  RECENT,
  type EnvironmentTreeRow,
  type FolderRow,
  type HitRow,
  type SecretsRow,
  type TreeRow,
} from './tree';

interface Props {
  readonly row: TreeRow;
  readonly top: number;
  readonly height: number;
  /** Whether it is the environment on show. */
  readonly isCurrent: boolean;
  /** Whether Tab leads to it. */
  readonly isTabbable: boolean;
  readonly isDraggable: boolean;
  /** Where a dragged row would be dropped. */
  readonly drop: 'before' | 'after' | undefined;
}

/** One row of the sidebar, as few elements as possible: there may be thousands to scroll through. */
export const TreeItem = memo(function TreeItem({ row, ...props }: Props) {
  switch (row.kind) {
    case 'folder':
      return <FolderItem row={row} {...props} />;
    case 'environment':
      return <EnvironmentItem row={row} {...props} />;
    case 'hit':
      return <HitItem row={row} {...props} />;
    case 'secrets':
      return <SecretsItem row={row} {...props} />;
  }
});

const INDENT = 0.75;

const styleOf = (depth: number, top: number, height: number): CSSProperties => ({
  height,
  paddingLeft: `${String(0.5 + depth * INDENT)}rem`,
  transform: `translateY(${String(top)}px)`,
});

const attributesOf = ({
  row,
  isTabbable,
  isDraggable,
}: Omit<Props, 'top' | 'height' | 'drop'>) => ({
  role: 'treeitem' as const,
  'data-key': row.id,
  'aria-level': row.depth + 1,
  'aria-posinset': row.position,
  'aria-setsize': row.siblings,
  tabIndex: isTabbable ? 0 : -1,
  draggable: isDraggable,
});

/** Without the colour of the border: of two on one element, the stylesheet and not the element decides. */
const FRAME =
  'absolute inset-x-1.5 top-0 flex cursor-default items-center gap-1.5 rounded-md border pr-2 select-none hover:bg-hover focus-visible:-outline-offset-2';

const LOOK = cx(FRAME, 'border-transparent');

const dropLook = (drop: Props['drop']): string | false =>
  drop !== undefined &&
  cx(
    'after:absolute after:inset-x-0 after:h-0.5 after:bg-focus',
    drop === 'before' ? 'after:-top-px' : 'after:-bottom-px',
  );

function FolderItem({ row, top, height, drop, ...props }: Props & { readonly row: FolderRow }) {
  const { label, count, isOpen, path, problem, depth } = row;
  const environments = `${String(count)} ${count === 1 ? 'environment' : 'environments'}`;
  const problemText = { failed: 'one failed', changed: 'one changed on the server' } as const;
  const name = [
    isGroup(path) ? label : `Folder ${label}`,
    environments,
    ...(problem === undefined ? [] : [problemText[problem]]),
  ].join(', ');
  return (
    <div
      {...attributesOf({ row, ...props })}
      aria-expanded={isOpen}
      aria-selected={false}
      aria-label={name}
      title={`${isGroup(path) ? label : path}\n${environments}`}
      className={cx(LOOK, dropLook(drop))}
      style={styleOf(depth, top, height)}
    >
      <span className="flex w-4 shrink-0 justify-center text-text-3">
        {path === FAVOURITES ? (
          <Star className="size-3" />
        ) : path === RECENT ? (
          <History className="size-3" />
        ) : (
          <ChevronRight className={cx('size-3.5', isOpen && 'rotate-90')} />
        )}
      </span>
      <span className="flex min-w-0 flex-1 font-medium text-text-2">
        <MiddleText>{label}</MiddleText>
      </span>
      {!isOpen && problem !== undefined ? <StateMark state={problem} /> : null}
      {/* The space parts it from the label, which is read out with it. */}
      <span className="shrink-0 text-2xs text-text-3 tabular-nums">{` ${String(count)}`}</span>
    </div>
  );
}

function HitItem({ row, top, height, ...props }: Props & { readonly row: HitRow }) {
  const { label, detail, depth, hit } = row;
  return (
    <div
      {...attributesOf({ row, ...props })}
      aria-selected={false}
      aria-label={`Variable ${label} ${detail}`}
      title={`${label}\n${detail}`}
      className={LOOK}
      style={styleOf(depth, top, height)}
    >
      <span className="flex w-4 shrink-0 justify-center text-text-3">
        {hit.kind === 'key' ? <KeyRound className="size-3" /> : <TextQuote className="size-3" />}
      </span>
      <span className="max-w-3/5 shrink-0 truncate font-mono text-xs">{label}</span>{' '}
      <span className="flex min-w-0 flex-1 text-2xs text-text-3">
        <MiddleText>{detail}</MiddleText>
      </span>
    </div>
  );
}

function SecretsItem({ row, top, height, ...props }: Props & { readonly row: SecretsRow }) {
  return (
    <div
      {...attributesOf({ row, ...props })}
      aria-selected={false}
      title="They are searched inside Strongroom; none is shown."
      className={LOOK}
      style={styleOf(row.depth, top, height)}
    >
      <span className="flex w-4 shrink-0 justify-center text-text-3">
        <LockKeyhole className="size-3" />
      </span>
      <span className="min-w-0 flex-1 truncate text-text-2">{row.label}</span>
    </div>
  );
}

function EnvironmentItem({
  row,
  top,
  height,
  drop,
  isCurrent,
  ...props
}: Props & { readonly row: EnvironmentTreeRow }) {
  const { environment, label, depth } = row;
  const { id, name, active, owner, server, state } = environment;
  const unsaved = useFeature('drafts', (drafts) => unsavedCount(drafts, id));
  const words = wordsOf(environment, unsaved);
  return (
    <div
      {...attributesOf({ row, isCurrent, ...props })}
      aria-selected={isCurrent}
      aria-label={[name, ...words].join(', ')}
      title={[name, ...words].join('\n')}
      className={cx(
        FRAME,
        dropLook(drop),
        isCurrent
          ? 'border-line bg-raised font-medium before:absolute before:inset-y-1 before:left-0 before:w-0.5 before:rounded-full before:bg-brass-fill hover:bg-raised'
          : 'border-transparent',
      )}
      style={styleOf(depth, top, height)}
    >
      <StateMark state={unsaved > 0 ? 'unsaved' : server === undefined ? state : 'changed'} />
      <span className="flex min-w-0 flex-1">
        <MiddleText>{label}</MiddleText>
      </span>
      {owner === undefined ? null : <FileCode className="size-3 shrink-0 text-text-2" />}
      {active ? <Target className="size-3 shrink-0 text-text-2" /> : null}
      {unsaved > 0 ? (
        <span className="shrink-0 text-2xs text-brass tabular-nums">{` ${String(unsaved)}`}</span>
      ) : null}
    </div>
  );
}

/** What the icons mean, and more than there is space for. */
function wordsOf(environment: Environment, unsaved: number): readonly string[] {
  const { active, owner } = environment;
  return [
    ...(unsaved > 0 ? [`${String(unsaved)} unsaved`] : []),
    stateText(environment),
    ...(active ? ['active'] : []),
    ...(owner === undefined ? [] : [ownerText(owner)]),
  ];
}
