import type { ComparedCell, ComparedEnvironment, ComparedRow } from '@shared/model/comparison';
import { CircleAlert, CopyPlus, TriangleAlert } from 'lucide-react';
import { useMemo } from 'react';
import { MenuTrigger, TableBody, TableHeader } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { IconButton } from '../../components/button';
import { ErrorText } from '../../components/error-text';
import { Menu, MenuItem } from '../../components/menu';
import { RevealButton } from '../../components/reveal-button';
import { MiddleText } from '../../components/middle-text';
import {
  Cell,
  CellLine,
  CellLines,
  Column,
  LongTable,
  Row,
  TableRoom,
} from '../../components/table';
import { cx } from '../../lib/class-names';
import { scaled } from '../../lib/rem';
import { TextLink } from '../../components/text-link';
import { changesKey, rowId } from '../environment/draft';
import { CellMark } from './cell-mark';
import { cellWord, type RevealedRow } from './store';

interface Props {
  readonly environments: readonly ComparedEnvironment[];
  readonly rows: readonly ComparedRow[];
  readonly emptyText: string;
}

export function ComparisonTable({ environments, rows, emptyText }: Props) {
  const revealed = useFeature('compare', (state) => state.revealed);
  const tall = useMemo(
    () =>
      new Map<string, unknown>([
        ...rows.flatMap(({ key, cells }) =>
          cells.some((cell) => misfitOf(cell) !== undefined) ? [[rowId(key), cells] as const] : [],
        ),
        ...[...revealed].map(([key, values]) => [rowId(key), values] as const),
      ]),
    [rows, revealed],
  );
  const items = useMemo(
    () =>
      rows.map((row): Item => ({
        id: rowId(row.key),
        row,
        environments,
        shown: revealed.get(row.key),
      })),
    [rows, environments, revealed],
  );
  return (
    <TableRoom steps={[Math.min(MATRIX, columnsWidth(environments.length))]}>
      {(fitting) => (
        // With other columns the table is a new one, with new widths.
        <LongTable
          key={`${String(fitting)} ${environments.map(({ id }) => id).join(' ')}`}
          aria-label="Comparison"
          tall={tall}
          {...(fitting === 0 ? { lines: environments.length } : { stickyFirst: true })}
        >
          <TableHeader>
            <Column
              id="key"
              isRowHeader
              width={fitting === 0 ? '1fr' : '1.2fr'}
              minWidth={scaled(fitting === 0 ? 100 : KEY)}
              className="pl-5"
            >
              Key
            </Column>
            {fitting === 0 ? (
              <Column id="all" width="2fr" minWidth={scaled(150)}>
                Environments
              </Column>
            ) : (
              environments.map(({ id, name }) => (
                <Column
                  key={id}
                  id={id}
                  width="1fr"
                  minWidth={scaled(VALUE)}
                  className="normal-case"
                >
                  <span
                    className="truncate font-mono text-xs tracking-normal text-text"
                    title={name}
                  >
                    {name}
                  </span>
                </Column>
              ))
            )}
          </TableHeader>
          <TableBody
            items={items}
            renderEmptyState={() => <p className="px-5 py-3 text-text-2">{emptyText}</p>}
          >
            {(item) =>
              fitting === 0 ? (
                <FoldedRow id={item.id} item={item} />
              ) : (
                <WideRow id={item.id} item={item} />
              )
            }
          </TableBody>
        </LongTable>
      )}
    </TableRoom>
  );
}

/** The least widths of the columns, in pixels at a text size of 16. */
const KEY = 150;
const VALUE = 128;
/** From this width on, more columns than fit scroll, and the key stays in sight. */
const MATRIX = 640;

const columnsWidth = (count: number): number => KEY + count * VALUE;

interface Item {
  readonly id: string;
  readonly row: ComparedRow;
  readonly environments: readonly ComparedEnvironment[];
  readonly shown: RevealedRow | undefined;
}

interface ItemProps {
  readonly id: string;
  readonly item: Item;
}

const WideRow = ({ id, item: { row, environments, shown } }: ItemProps) => (
  <Row id={id} textValue={row.key}>
    <Cell className="h-full bg-panel pl-5 shadow-[inset_0_-1px_0_var(--line)] group-data-hovered/row:bg-hover">
      <KeyCell row={row} isRevealed={shown !== undefined} />
    </Cell>
    {environments.map(({ id: environment }, at) => (
      <Cell key={environment}>
        <ComparedCellView row={row} at={at} environments={environments} shown={shown} />
      </Cell>
    ))}
  </Row>
);

/** The environments below each other. */
const FoldedRow = ({ id, item: { row, environments, shown } }: ItemProps) => (
  <Row id={id} textValue={row.key}>
    <Cell className="pl-5">
      <KeyCell row={row} isRevealed={shown !== undefined} isTall />
    </Cell>
    <Cell>
      <CellLines>
        {environments.map(({ id: environment, name }, at) => (
          <CellLine
            key={environment}
            name={
              <span className="flex min-w-0 font-mono" title={name}>
                <MiddleText>{name}</MiddleText>
              </span>
            }
          >
            <ComparedCellView row={row} at={at} environments={environments} shown={shown} />
          </CellLine>
        ))}
      </CellLines>
    </Cell>
  </Row>
);

const misfitOf = (cell: ComparedCell | undefined): string | undefined =>
  cell?.state === 'present' ? cell.misfit : undefined;

interface KeyCellProps {
  readonly row: ComparedRow;
  readonly isRevealed: boolean;
  /** Whether the row has several lines anyway. */
  readonly isTall?: boolean;
}

function KeyCell({ row, isRevealed, isTall = false }: KeyCellProps) {
  const { compare } = useStores();
  const { hide, reveal } = compare.getState();
  const { key, cells } = row;
  const canReveal = cells.some((cell) => cell.state === 'present' && cell.kind !== 'binary');
  return (
    <span className="flex min-w-0 flex-1 items-start gap-1">
      <span
        title={key}
        className={cx(
          'min-w-0 flex-1 font-mono text-xs leading-5 select-text',
          isRevealed ? 'break-all' : isTall ? 'line-clamp-2 break-all' : 'truncate',
        )}
      >
        {key}
      </span>
      {canReveal ? (
        <RevealButton
          of={key}
          isShown={isRevealed}
          onReveal={() => void reveal(key)}
          onHide={() => hide(key)}
        />
      ) : null}
    </span>
  );
}

interface CellProps {
  readonly row: ComparedRow;
  readonly at: number;
  readonly environments: readonly ComparedEnvironment[];
  readonly shown: RevealedRow | undefined;
}

function ComparedCellView({ row, at, environments, shown }: CellProps) {
  const environment = environments[at];
  const word = cellWord(row, at);
  const value = environment === undefined ? undefined : shown?.get(environment.id);
  const misfit = misfitOf(row.cells[at]);
  return (
    <div className="flex min-w-0 flex-1 items-start gap-1">
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <span className="flex min-w-0 flex-wrap items-center gap-x-2">
          <CellMark word={word} cell={row.cells[at]} />
          {environment === undefined ? null : <Unsaved of={row.key} in={environment} />}
        </span>
        {misfit === undefined ? null : (
          <span className="flex gap-1.5 text-xs text-warn">
            <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            <span className="min-w-0 break-words">{misfit}</span>
          </span>
        )}
        {value === undefined ? null : 'value' in value ? (
          <pre className="max-h-40 overflow-auto font-mono text-xs leading-5 break-all whitespace-pre-wrap text-text select-text">
            {value.value === '' ? <span className="text-text-3">empty</span> : value.value}
          </pre>
        ) : (
          <div className="flex gap-1 text-xs">
            <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0 text-bad" />
            <ErrorText report={value} live />
          </div>
        )}
      </div>
      {word === 'missing' || word === 'different' ? (
        <CopyHere row={row} at={at} environments={environments} />
      ) : null}
    </div>
  );
}

interface UnsavedProps {
  readonly of: string;
  readonly in: ComparedEnvironment;
}

/** Says that the environment has an unsaved edit of the key, and leads there. The saved values are compared. */
function Unsaved({ of: key, in: { id, name } }: UnsavedProps) {
  const { navigation } = useStores();
  const isUnsaved = useFeature('drafts', ({ histories }) => {
    const draft = histories.get(id)?.present;
    return draft !== undefined && changesKey(draft, key);
  });
  if (!isUnsaved) return null;
  return (
    <span className="flex items-center gap-1.5 text-xs text-brass">
      <span aria-hidden className="size-1.5 shrink-0 rounded-full bg-brass-fill" />
      <TextLink
        label={`Unsaved edit of ${key} in ${name}`}
        onPress={() => navigation.getState().go({ screen: 'environment', id })}
      >
        unsaved
      </TextLink>
    </span>
  );
}

/** Copies the variable from an environment that has another value, or the only one. */
function CopyHere({ row, at, environments }: Omit<CellProps, 'shown'>) {
  const { compare } = useStores();
  const target = environments[at];
  const own = row.cells[at];
  const sources = environments.filter((_, index) => {
    const cell = row.cells[index];
    return cell?.state === 'present' && !(own?.state === 'present' && own.group === cell.group);
  });
  const [only] = sources;
  if (target?.loaded !== true || only === undefined) return null;
  const copy = (from: string): void => void compare.getState().copy(row.key, from, target.id);
  const look =
    '-my-0.5 opacity-0 transition-opacity group-focus-within/row:opacity-100 group-hover/row:opacity-100 aria-expanded:opacity-100 pointer-coarse:opacity-100';
  if (sources.length === 1) {
    return (
      <IconButton
        size="sm"
        label={`Copy ${row.key} from ${only.name} to ${target.name}`}
        hint={`Copy from ${only.name}`}
        className={look}
        onPress={() => copy(only.id)}
      >
        <CopyPlus className="size-3.5" />
      </IconButton>
    );
  }
  return (
    <MenuTrigger>
      <IconButton
        size="sm"
        label={`Copy ${row.key} to ${target.name}`}
        hint="Copy to here"
        className={look}
      >
        <CopyPlus className="size-3.5" />
      </IconButton>
      <Menu
        aria-label={`Copy ${row.key} to ${target.name}`}
        onAction={(from) => copy(String(from))}
      >
        {sources.map(({ id, name }) => (
          <MenuItem key={id} id={id}>{`From ${name}`}</MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
