/** The requests that wait for a person. They belong to the window, whichever workspace it shows. */
import type { Client } from '@shared/contract/window';
import type { ApprovalAnswer, PendingApproval } from '@shared/model/approval';
import { createStore } from 'zustand';

export interface Approvals {
  /** The oldest first, without those that were answered here. */
  readonly waiting: readonly PendingApproval[];
  /** Follows every change, until the connection to the core ends. */
  watch(this: void): Promise<void>;
  /** False if somebody else was faster, or the time was over. Throws what the call throws. */
  answer(this: void, id: string, answer: ApprovalAnswer): Promise<boolean>;
}

export const createApprovals = (client: Client) =>
  createStore<Approvals>()((set, get) => {
    let told: readonly PendingApproval[] = [];
    /** Answered here, whether or not the core has told the new list yet. */
    const answered = new Set<string>();
    const show = (): void => {
      set({ waiting: told.filter(({ id }) => !answered.has(id)) });
    };
    return {
      waiting: [],
      watch: async () => {
        try {
          for await (const list of await client.approvals.watch()) {
            told = list;
            const ids = new Set(list.map(({ id }) => id));
            for (const id of answered) if (!ids.has(id)) answered.delete(id);
            show();
          }
        } catch {
          // The connection to the core has ended, and another page says so.
        }
        told = [];
        show();
      },
      answer: async (id, answer) => {
        if (!get().waiting.some((one) => one.id === id)) return false;
        answered.add(id);
        show();
        try {
          return (await client.approvals.answer({ id, answer })).counted;
        } catch (error) {
          answered.delete(id);
          show();
          throw error;
        }
      },
    };
  });

export type ApprovalsStore = ReturnType<typeof createApprovals>;
