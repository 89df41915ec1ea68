/** Questions that must be answered before something goes on: one at a time, with named answers. */
import { createStore } from 'zustand';

export interface Answer<Id extends string> {
  readonly id: Id;
  /** The text of its button, which says what the answer does. */
  readonly label: string;
  readonly variant?: 'primary' | 'danger' | 'default';
}

export interface Question<Id extends string = string> {
  readonly title: string;
  readonly text: string;
  /** In addition to “Cancel”; the most likely answer last. */
  readonly answers: readonly Answer<Id>[];
}

export interface Questions {
  readonly current: Question | undefined;
  /** Resolves with the id of the answer, or with `undefined` if the question was cancelled. */
  ask<Id extends string>(this: void, question: Question<Id>): Promise<Id | undefined>;
  answer(this: void, id: string | undefined): void;
}

export const createQuestions = () =>
  createStore<Questions>()((set, get) => {
    let settle: ((id: string | undefined) => void) | undefined;
    const answer = (id: string | undefined): void => {
      set({ current: undefined });
      settle?.(id);
      settle = undefined;
    };
    return {
      current: undefined,
      ask: async <Id extends string>(question: Question<Id>) => {
        // A second question replaces the first, which counts as cancelled.
        if (get().current !== undefined) answer(undefined);
        const answered = new Promise<string | undefined>((resolve) => {
          settle = resolve;
        });
        set({ current: question });
        const id = await answered;
        return question.answers.find((known) => known.id === id)?.id;
      },
      answer,
    };
  });
