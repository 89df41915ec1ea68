import { createStore } from 'zustand';
import type { Place } from './guide';

export interface HelpState {
  /** The place on show; absent while the pane is closed. */
  readonly open: Place | undefined;
  show(this: void, place: Place): void;
  close(this: void): void;
}

export const createHelp = () =>
  createStore<HelpState>()((set) => ({
    open: undefined,
    show: (open) => set({ open }),
    close: () => set({ open: undefined }),
  }));
