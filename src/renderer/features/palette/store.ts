import { createStore } from 'zustand';

export interface PaletteState {
  /** The entries on offer; absent while the palette is closed. */
  readonly open: 'everything' | 'environments' | undefined;
  /** Whether the page of shortcuts is open. */
  readonly shortcuts: boolean;
  show(this: void, what: PaletteState['open']): void;
  showShortcuts(this: void, shown: boolean): void;
}

export const createPalette = () =>
  createStore<PaletteState>()((set) => ({
    open: undefined,
    shortcuts: false,
    show: (open) => set({ open }),
    showShortcuts: (shortcuts) => set({ shortcuts }),
  }));
