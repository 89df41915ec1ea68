/** What the cells know about their grid. */
import type { KeyIssue } from '@shared/model/key-rules';
import { createContext, useContext } from 'react';
import type { Row } from './draft';
import type { Field } from './store';

export interface Grid {
  readonly issues: ReadonlyMap<string, KeyIssue>;
  readonly isReadOnly: boolean;
  /** What the row is for: its note, else that of the rule for its key. */
  readonly noteOf: (row: Row) => string | undefined;
  readonly editNote: (row: Row) => void;
  /** Called by the cell that is being edited, with its element. */
  readonly setAnchor: (element: HTMLElement | null) => void;
  /** What a press on the kind of a row does: see `chipAction`. */
  readonly pressKind: (row: Row) => void;
  readonly openMenu: (row: Row, at: HTMLElement) => void;
  /** Focuses a cell `by` rows below, or above if that is negative. */
  readonly focusNeighbour: (rowId: string, by: number, field: Field) => void;
}

export const GridContext = createContext<Grid | undefined>(undefined);

export function useGrid(): Grid {
  const grid = useContext(GridContext);
  if (grid === undefined) throw new Error('There is no grid around this cell.');
  return grid;
}
