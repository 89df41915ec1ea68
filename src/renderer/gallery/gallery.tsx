import { themes } from '@shared/model/preferences';
import { useStore } from 'zustand';
import type { PreferencesStore } from '../app/preferences';
import { SegmentedChoice } from '../components/choice';
import { Content } from './content';
import { Controls } from './controls';
import { Tokens } from './tokens';

const labels = { system: 'System', light: 'Light', dark: 'Dark' } as const;

export function Gallery({ preferences }: { readonly preferences: PreferencesStore }) {
  const theme = useStore(preferences, (state) => state.theme);
  return (
    <main className="h-full overflow-auto">
      <div className="mx-auto flex max-w-6xl flex-col gap-6 px-5 py-5">
        <header className="flex flex-wrap items-center justify-between gap-3">
          <h1 className="text-xl font-semibold">Gallery</h1>
          <SegmentedChoice
            bare
            label="Theme"
            value={theme}
            onChange={(value) => {
              const chosen = themes.find((known) => known === value);
              if (chosen !== undefined) preferences.getState().setTheme(chosen);
            }}
            options={themes.map((value) => ({ value, label: labels[value] }))}
          />
        </header>
        <Tokens />
        <Controls />
        <Content />
      </div>
    </main>
  );
}
