/** The keys of the grid, for the page of shortcuts; what they do is in `variables-grid.tsx` and React Aria. */
export const gridKeys: readonly {
  readonly title: string;
  readonly shortcuts: readonly string[];
}[] = [
  { title: 'Next cell', shortcuts: ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] },
  { title: 'First and last cell', shortcuts: ['Home', 'End'] },
  { title: 'First, last row', shortcuts: ['Mod+Home', 'Mod+End'] },
  { title: 'A page', shortcuts: ['PageUp', 'PageDown'] },
  { title: 'Edit', shortcuts: ['Enter', 'F2'] },
  { title: 'Replace', shortcuts: ['Any letter'] },
  { title: 'Keep, go on', shortcuts: ['Tab', 'Shift+Tab'] },
  { title: 'Leave as it was', shortcuts: ['Esc'] },
  { title: 'Select more', shortcuts: ['Shift+ArrowUp', 'Shift+ArrowDown'] },
  { title: 'Select all', shortcuts: ['Mod+A'] },
  { title: 'Copy the cell, or rows as .env', shortcuts: ['Mod+C'] },
  { title: 'Paste a value or .env lines', shortcuts: ['Mod+V'] },
  { title: 'Disable or enable', shortcuts: ['Space'] },
  { title: 'Remove or keep', shortcuts: ['Delete'] },
  { title: 'Menu of the row', shortcuts: ['Shift+F10'] },
];
