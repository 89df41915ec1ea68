/** The tour through the workspace with sample data. Only that workspace has one. */
import { createStore } from 'zustand';

export interface Tour {
  /** Whether the workspace is the one with sample data. */
  readonly isOffered: boolean;
  /** The index of the step on show; absent after the tour was left. */
  readonly step: number | undefined;
  /** Counts the wishes to have the focus in the panel. */
  readonly calls: number;
  go(this: void, step: number): void;
  /** Shows the panel, from its first step if it was left, and gives it the focus. */
  call(this: void): void;
  leave(this: void): void;
}

export const createTour = (isOffered: boolean) =>
  createStore<Tour>()((set) => ({
    isOffered,
    step: isOffered ? 0 : undefined,
    calls: 0,
    go: (step) => set({ step }),
    call: () => set(({ step, calls }) => ({ step: step ?? 0, calls: calls + 1 })),
    leave: () => set({ step: undefined }),
  }));
