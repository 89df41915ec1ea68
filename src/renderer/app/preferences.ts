/** What a person has set up about the window itself. The only thing that the window keeps. */
import { z } from 'zod';
import { createStore } from 'zustand';
import { persist } from 'zustand/middleware';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const SIDEBAR_MIN = 200;
export const SIDEBAR_MAX = 420;
export const SIDEBAR_DEFAULT = 248;

const keptSchema = z.object({
  theme: z.enum(themes).catch('system'),
  sidebarWidth: z.number().min(SIDEBAR_MIN).max(SIDEBAR_MAX).catch(SIDEBAR_DEFAULT),
  /** What was chosen in the palette, by its id, the last one first. */
  recent: z.array(z.string()).catch([]),
});

const RECENT_KEPT = 30;

export interface Preferences extends z.infer<typeof keptSchema> {
  setTheme(this: void, theme: Theme): void;
  setSidebarWidth(this: void, px: number): void;
  /** Something was chosen in the palette. */
  used(this: void, id: string): void;
}

const clampSidebar = (px: number): number =>
  Math.round(Math.min(SIDEBAR_MAX, Math.max(SIDEBAR_MIN, px)));

export const createPreferences = () =>
  createStore<Preferences>()(
    persist(
      (set) => ({
        theme: 'system',
        sidebarWidth: SIDEBAR_DEFAULT,
        recent: [],
        setTheme: (theme) => set({ theme }),
        setSidebarWidth: (px) => set({ sidebarWidth: clampSidebar(px) }),
        used: (id) =>
          set(({ recent }) => ({
            recent: [id, ...recent.filter((one) => one !== id)].slice(0, RECENT_KEPT),
          })),
      }),
      {
        name: 'strongroom.preferences',
        partialize: ({ theme, sidebarWidth, recent }) => ({ theme, sidebarWidth, recent }),
        merge: (kept, current) => ({
          ...current,
          ...keptSchema.safeParse(kept ?? {}).data,
        }),
      },
    ),
  );

export type PreferencesStore = ReturnType<typeof createPreferences>;
