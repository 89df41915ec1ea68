import type { Client } from '@shared/contract/window';
import type { Notice } from '@shared/model/notice';
import { createStore } from 'zustand';

export interface Notices {
  readonly list: readonly Notice[];
  /** There may be another. */
  refresh(this: void): Promise<void>;
  dismiss(this: void, id: string): Promise<void>;
}

export const createNotices = (client: Client, notices: readonly Notice[]) =>
  createStore<Notices>()((set) => ({
    list: notices,
    refresh: async () => set({ list: (await client.app.info()).notices }),
    dismiss: async (id) => {
      set(({ list }) => ({ list: list.filter((notice) => notice.id !== id) }));
      await client.app.dismissNotice({ id });
    },
  }));
