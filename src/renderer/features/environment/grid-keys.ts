/** The keys of the grid, for the page of shortcuts. `variables-grid.tsx` and `variables-table.tsx` handle them. */
export const gridKeys: readonly {
  readonly title: string;
  readonly shortcuts: readonly string[];
}[] = [
  { title: 'Next cell', shortcuts: ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'] },
  { title: 'First and last cell', shortcuts: ['Home', 'End'] },
  { title: 'First, last row', shortcuts: ['Mod+Home', 'Mod+End'] },
  { title: 'Page up, page down', shortcuts: ['PageUp', 'PageDown'] },
  { title: 'Edit', shortcuts: ['Enter', 'F2'] },
  { title: 'Replace', shortcuts: ['Any letter'] },
  { title: 'Keep and go on', shortcuts: ['Tab', 'Shift+Tab'] },
  { title: 'Cancel editing', shortcuts: ['Esc'] },
  { title: 'Select more', shortcuts: ['Shift+ArrowUp', 'Shift+ArrowDown'] },
  { title: 'Select all', shortcuts: ['Mod+A'] },
  { title: 'Copy the cell, or rows as .env', shortcuts: ['Mod+C'] },
  { title: 'Paste a value or .env lines', shortcuts: ['Mod+V'] },
  { title: 'Secret or plain, on a kind', shortcuts: ['Enter'] },
  { title: 'Disable or enable', shortcuts: ['Space'] },
  { title: 'Remove or keep', shortcuts: ['Delete'] },
  { title: 'Menu of the row', shortcuts: ['Shift+F10'] },
];
