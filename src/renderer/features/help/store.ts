import { createStore } from 'zustand';
import type { Place } from './guide';

export interface HelpState {
  /** What it shows; absent while it is closed. */
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
