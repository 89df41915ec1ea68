import { describe, expect, test } from 'vitest';
import { createGridState, destination, isSelected, type Order } from './grid-state';

const ids = ['a', 'b', 'c', 'd', 'e'];
const order: Order = { ids, places: new Map(ids.map((id, at) => [id, at])) };
const at = (rowId: string) => ({ rowId, cell: 1 });
const begun = (rowId: string) => {
  const grid = createGridState();
  grid.getState().goTo(at(rowId), 'replace', order);
  grid.getState().focused(at(rowId));
  return grid;
};

describe('the selection', () => {
  test('follows the focus, and a range grows and shrinks from where it began', () => {
    const grid = begun('c');
    const { goTo } = grid.getState();
    goTo(at('e'), 'extend', order);
    expect(grid.getState().selection).toEqual(new Set(['c', 'd', 'e']));
    goTo(at('b'), 'extend', order);
    expect(grid.getState().selection).toEqual(new Set(['b', 'c']));
    goTo(at('d'), 'keep', order);
    expect(grid.getState()).toMatchObject({ selection: new Set(['b', 'c']), wanted: at('d') });
    goTo(at('d'), 'replace', order);
    expect(grid.getState().selection).toEqual(new Set(['d']));
  });

  test('a range from a row that is gone is only the other row', () => {
    const grid = begun('c');
    const rest = ['a', 'b'];
    grid.getState().goTo(at('b'), 'extend', {
      ids: rest,
      places: new Map(rest.map((id, index) => [id, index])),
    });
    expect(grid.getState().selection).toEqual(new Set(['b']));
  });

  test('a range begins at the focus if nothing was selected', () => {
    const grid = createGridState();
    grid.getState().focused(at('b'));
    grid.getState().goTo(at('c'), 'extend', order);
    expect(grid.getState().selection).toEqual(new Set(['b', 'c']));
  });

  test('one row is toggled out of all and in again', () => {
    const grid = begun('a');
    const { selectAll, select, clear } = grid.getState();
    selectAll();
    expect(isSelected(grid.getState(), 'not there yet')).toBe(true);
    select('b', 'toggle', order);
    expect(grid.getState().selection).toEqual(new Set(['a', 'c', 'd', 'e']));
    select('b', 'toggle', order);
    expect(grid.getState().selection).toEqual(new Set(ids));
    clear();
    expect(isSelected(grid.getState(), 'a')).toBe(false);
  });
});

test('a wanted place stays wanted until it has the focus', () => {
  const grid = begun('a');
  grid.getState().take(['x', 'y'], 0);
  const wanted = { rowId: 'x', cell: 0 };
  expect(grid.getState()).toMatchObject({
    focus: at('a'),
    wanted,
    selection: new Set(['x', 'y']),
  });
  grid.getState().focused(wanted);
  expect(grid.getState()).toMatchObject({ focus: wanted, wanted: undefined });
});

describe('keys', () => {
  const size = { rows: 100, cells: 3, page: 20 };
  const press = (key: string, row: number, cell: number | undefined, ctrlKey = false) => {
    const to = destination({ key, ctrlKey, metaKey: false }, { row, cell }, size);
    return to && [to.row, to.cell];
  };

  test('go from row to row, and stay in the column', () => {
    expect(press('ArrowDown', 4, 1)).toEqual([5, 1]);
    expect(press('ArrowUp', 0, 2)).toEqual([0, 2]);
    expect(press('PageDown', 90, undefined)).toEqual([99, undefined]);
    expect(press('PageUp', 50, 0)).toEqual([30, 0]);
    expect(press('Home', 50, undefined)).toEqual([0, undefined]);
  });

  test('go through the cells of a row, and out to the row', () => {
    expect(press('ArrowRight', 4, undefined)).toEqual([4, 0]);
    expect(press('ArrowRight', 4, 2)).toEqual([4, 2]);
    expect(press('ArrowLeft', 4, 0)).toEqual([4, undefined]);
    expect(press('ArrowLeft', 4, undefined)).toEqual([4, 2]);
    expect(press('Home', 4, 2)).toEqual([4, 0]);
    expect(press('End', 4, 0)).toEqual([4, 2]);
    expect(press('End', 4, 0, true)).toEqual([99, 2]);
    expect(press('Home', 4, 2, true)).toEqual([0, 0]);
    expect(press('End', 4, undefined)).toEqual([99, undefined]);
    expect(press('x', 4, 0)).toBeUndefined();
  });
});
