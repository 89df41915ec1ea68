/** What the cells of the grid know of it, beyond their row. */
import type { KeyIssue } from '@shared/model/key-rules';
import { createContext, useContext } from 'react';
import type { Row } from './draft';
import type { Field } from './store';

export interface Grid {
  readonly issues: ReadonlyMap<string, KeyIssue>;
  readonly isReadOnly: boolean;
  /** The cell that is being edited says where it is. */
  readonly setAnchor: (element: HTMLElement | null) => void;
  readonly openMenu: (row: Row, at: HTMLElement) => void;
  /** Goes to a cell of a row some rows below, or above where that is negative. */
  readonly focusNeighbour: (rowId: string, by: number, field: Field) => void;
}

export const GridContext = createContext<Grid | undefined>(undefined);

export function useGrid(): Grid {
  const grid = useContext(GridContext);
  if (grid === undefined) throw new Error('There is no grid around this cell.');
  return grid;
}
