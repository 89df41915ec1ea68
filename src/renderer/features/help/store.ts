import { createStore } from 'zustand';
import type { Place } from './guide';

export interface HelpState {
  /** The place on show; absent while the pane is closed. */
  readonly open: Place | undefined;
  /** What is searched for. Its words are marked in the guide. */
  readonly query: string;
  /** Whether the person searches: what is found is on show, or nothing is typed yet. */
  readonly isSearching: boolean;
  /** Shows a place, and ends the search. */
  show(this: void, place: Place): void;
  /** Shows what is found; opens the pane if it is closed. */
  search(this: void, query: string): void;
  /** Shows a place that was found. Its words stay marked. */
  choose(this: void, place: Place): void;
  close(this: void): void;
}

export const createHelp = () =>
  createStore<HelpState>()((set) => ({
    open: undefined,
    query: '',
    isSearching: false,
    show: (open) => set({ open, query: '', isSearching: false }),
    search: (query) => set(({ open }) => ({ open: open ?? {}, query, isSearching: true })),
    choose: (open) => set({ open, isSearching: false }),
    close: () => set({ open: undefined, query: '', isSearching: false }),
  }));
