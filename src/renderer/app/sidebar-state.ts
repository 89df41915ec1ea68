/** Whether the sidebar shows everything, only icons, or everything over the page. */
import { createStore } from 'zustand';
import { scaled } from '../lib/rem';
import type { PreferencesStore } from './preferences';

/** A narrower window, in pixels at a text size of 16, has no space for both the sidebar and a page. */
const NARROW = 640;

export const isNarrow = (): boolean => window.innerWidth < scaled(NARROW);

export interface SidebarState {
  readonly isNarrow: boolean;
  /** Whether it lies over the page of a narrow window. */
  readonly isOver: boolean;
  /** What takes the focus as soon as it is there. */
  readonly wanted: 'search' | 'toggle' | undefined;
  measure(this: void): void;
  /** Shows everything or only icons. */
  toggle(this: void): void;
  /** Leads to the search, which only the whole sidebar has. */
  search(this: void): void;
  /** Takes it off the page of a narrow window. */
  putAway(this: void, wanted?: 'toggle'): void;
  /** Whether this is what takes the focus; from then on, nothing is. */
  takeFocus(this: void, what: 'search' | 'toggle'): boolean;
}

export const createSidebarState = (preferences: PreferencesStore) =>
  createStore<SidebarState>()((set, get) => {
    const show = (isShown: boolean, wanted: SidebarState['wanted']): void => {
      set({ wanted });
      if (get().isNarrow) set({ isOver: isShown });
      else preferences.getState().setSidebarCollapsed(!isShown);
    };
    return {
      isNarrow: false,
      isOver: false,
      wanted: undefined,
      measure: () => {
        if (get().isNarrow !== isNarrow()) set({ isNarrow: isNarrow(), isOver: false });
      },
      toggle: () => {
        const { isOver } = get();
        const isShown = get().isNarrow ? isOver : !preferences.getState().sidebarCollapsed;
        show(!isShown, isShown ? 'toggle' : 'search');
      },
      search: () => show(true, 'search'),
      putAway: (wanted) => {
        if (get().isOver) set({ isOver: false, wanted });
      },
      takeFocus: (what) => {
        if (get().wanted !== what) return false;
        set({ wanted: undefined });
        return true;
      },
    };
  });
