/** The order of rows in the grid. It changes nothing that is stored. */
import type { Row } from './draft';
import { kindWord } from './kind-word';

export type SortColumn = 'key' | 'value' | 'kind';

export interface Sort {
  readonly by: SortColumn;
  readonly descending: boolean;
}

/** The order after another press on the heading of a column: up, down, as stored. */
export function nextSort(sort: Sort | undefined, by: SortColumn): Sort | undefined {
  if (sort?.by !== by) return { by, descending: false };
  return sort.descending ? undefined : { by, descending: true };
}

/** Digits as numbers, so that KEY_10 is after KEY_9. */
const { compare } = new Intl.Collator('en', { numeric: true });

/** A masked value has no place in the order, which would say something of it. */
const texts: Readonly<Record<SortColumn, (row: Row) => string | undefined>> = {
  key: ({ key }) => key,
  value: ({ variable }) => (variable.empty === true ? '' : variable.literal),
  kind: ({ variable }) => kindWord(variable),
};

/** Equal rows keep their order. Rows without a text follow the others, and new variables come last. */
export function sortRows(rows: readonly Row[], sort: Sort | undefined): readonly Row[] {
  if (sort === undefined) return rows;
  const textOf = texts[sort.by];
  const way = sort.descending ? -1 : 1;
  const placed = rows.map((row) => ({ row, text: textOf(row), isNew: row.change === 'added' }));
  return placed
    .toSorted((a, b) => {
      if (a.isNew || b.isNew) return Number(a.isNew) - Number(b.isNew);
      if (a.text === undefined || b.text === undefined) {
        return Number(a.text === undefined) - Number(b.text === undefined);
      }
      return way * compare(a.text, b.text);
    })
    .map(({ row }) => row);
}
