/** Short messages about what just happened: shown for a while, and read out by assistive technology. */
import { createStore } from 'zustand';

const SHOWN_FOR_MS = 6000;

interface Announcement {
  readonly id: number;
  readonly tone: 'good' | 'bad' | 'info';
  readonly text: string;
}

export interface Announcements {
  readonly current: Announcement | undefined;
  /** Replaces the announcement on show. */
  say(this: void, text: string, tone?: Announcement['tone']): void;
  dismiss(this: void): void;
}

export const createAnnouncements = () =>
  createStore<Announcements>()((set, get) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    return {
      current: undefined,
      say: (text, tone = 'good') => {
        clearTimeout(timer);
        set({ current: { id: (get().current?.id ?? 0) + 1, tone, text } });
        timer = setTimeout(() => set({ current: undefined }), SHOWN_FOR_MS);
      },
      dismiss: () => {
        clearTimeout(timer);
        set({ current: undefined });
      },
    };
  });
