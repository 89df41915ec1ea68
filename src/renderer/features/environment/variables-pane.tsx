import type { OpenEnvironment } from '@shared/contract/environments';
import type { Variable } from '@shared/model/variable';
import { useDeferredValue, useMemo, useState } from 'react';
import { TableBody, TableHeader } from 'react-aria-components';
import type { ErrorReport } from '@shared/errors';
import type { TallRows } from '../../components/tall-rows-layout';
import { cx } from '../../lib/class-names';
import { SearchField } from '../../components/search-field';
import { Skeleton } from '../../components/skeleton';
import { useFeature } from '../../app/stores';
import { Cell, Column, LongTable, Row } from '../../components/table';
import { formatCount, plural } from '../../lib/format';
import { scaled } from '../../lib/rem';
import { KindChip } from './kind-chip';
import { ValueCell } from './value-cell';

const shapeNotes: Partial<Record<OpenEnvironment['shape'], string>> = {
  text: 'This secret is not a JSON object, so it is shown as one text value.',
  binary: 'This secret is binary. Strongroom keeps it locked and does not show it.',
};

export function VariablesPane({ data }: { readonly data: OpenEnvironment }) {
  const { variables, shape } = data;
  const [filter, setFilter] = useState('');
  const deferred = useDeferredValue(filter);
  const shown = useMemo(() => filterVariables(variables, deferred), [variables, deferred]);
  const note = shapeNotes[shape];
  const revealed = useFeature('environment', (state) => state.revealed);
  const faults = useFeature('environment', (state) => state.faults);
  const tall = useMemo(() => tallRows(revealed, faults), [revealed, faults]);

  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex items-center gap-3 px-5 py-2.5">
        {note === undefined ? (
          <>
            <SearchField
              label="Filter variables"
              placeholder={`Filter ${plural(variables.length, 'variable')}`}
              value={filter}
              onChange={setFilter}
              className="w-full max-w-75 min-w-0"
            />
            <output className="shrink-0 text-xs text-text-3 tabular-nums">
              {deferred.trim() === ''
                ? ''
                : `${formatCount(shown.length)} of ${formatCount(variables.length)}`}
            </output>
          </>
        ) : (
          <p className="text-text-2">{note}</p>
        )}
      </div>
      <LongTable aria-label="Variables" tall={tall}>
        <TableHeader>
          <Column id="key" isRowHeader width="1fr" minWidth={scaled(180)} className="pl-5">
            Key
          </Column>
          <Column id="value" width="1.6fr" minWidth={scaled(190)}>
            Value
          </Column>
          <Column id="kind" width={scaled(98)}>
            Kind
          </Column>
        </TableHeader>
        <TableBody
          items={shown}
          renderEmptyState={() => (
            <p className="px-5 py-3 text-text-2">
              {variables.length === 0
                ? 'This secret has no variables.'
                : `No key holds “${deferred.trim()}”.`}
            </p>
          )}
        >
          {(item) => <VariableRow variable={item.variable} />}
        </TableBody>
      </LongTable>
    </div>
  );
}

/** A key may be an empty text, which is no id. */
const rowId = (key: string): string => `key ${key}`;

/** Rows that show a value, or what is wrong with one. */
function tallRows(
  revealed: ReadonlyMap<string, string>,
  faults: ReadonlyMap<string, ErrorReport>,
): TallRows {
  const keys = new Set([...revealed.keys(), ...faults.keys()]);
  const contents = new Map<string, unknown>();
  for (const key of keys) {
    contents.set(rowId(key), `${revealed.get(key) ?? ''}\n${faults.get(key)?.message ?? ''}`);
  }
  return contents;
}

interface Item {
  readonly id: string;
  readonly variable: Variable;
}

const items = new WeakMap<Variable, Item>();

/** The same variable gives the same item, which lets the table keep what it knows of the row. */
function itemOf(variable: Variable): Item {
  const known = items.get(variable);
  if (known !== undefined) return known;
  const item = { id: rowId(variable.key), variable };
  items.set(variable, item);
  return item;
}

function filterVariables(variables: readonly Variable[], filter: string): readonly Item[] {
  const text = filter.trim().toLowerCase();
  return variables.filter(({ key }) => text === '' || key.toLowerCase().includes(text)).map(itemOf);
}

const VariableRow = ({ variable }: { readonly variable: Variable }) => (
  <Row id={rowId(variable.key)} textValue={variable.key}>
    <Cell className="pl-5">
      <KeyCell name={variable.key} />
    </Cell>
    <Cell className="relative flex-wrap-reverse items-end gap-x-2 gap-y-1">
      <ValueCell variable={variable} />
    </Cell>
    <Cell>
      <KindChip variable={variable} />
    </Cell>
  </Row>
);

/** A key that is too long for its column is cut, and shown whole beside its revealed value. */
function KeyCell({ name }: { readonly name: string }) {
  const revealed = useFeature('environment', (state) => state.revealed.has(name));
  return (
    <span
      title={name}
      className={cx(
        'min-w-0 font-mono text-xs leading-5 select-text',
        revealed ? 'break-all' : 'truncate',
      )}
    >
      {name}
    </span>
  );
}

const SKELETON_WIDTHS = ['w-24', 'w-36', 'w-20', 'w-40', 'w-28', 'w-32', 'w-24', 'w-36'] as const;

/** The grid's outline: what comes stands where this stood. */
export const VariablesSkeleton = () => (
  <div aria-hidden className="min-h-0 flex-1 overflow-hidden">
    <div className="px-5 py-2.5">
      <div className="h-7.5 w-full max-w-75 rounded-md border border-line" />
    </div>
    <div className="h-7.5 border-b border-line" />
    {SKELETON_WIDTHS.map((width, index) => (
      // oxlint-disable-next-line react/no-array-index-key -- a fixed list of outlines
      <div
        key={index}
        className="grid h-8.5 grid-cols-[1fr_1.6fr_7rem] items-center border-b border-line px-5"
      >
        <Skeleton className={width} />
        <Skeleton className="w-28" />
        <Skeleton className="w-12" />
      </div>
    ))}
  </div>
);
