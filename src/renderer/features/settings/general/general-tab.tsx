import { useStore } from 'zustand';
import { themes } from '@shared/model/preferences';
import { useStores } from '@renderer/app/stores';
import { SegmentedChoice } from '@renderer/components/choice';
import { Switch } from '@renderer/components/switch';
import { TabBody } from '../tab-body';

const labels = { system: 'System', light: 'Light', dark: 'Dark' } as const;

export function GeneralTab() {
  const { preferences } = useStores();
  const theme = useStore(preferences, (state) => state.theme);
  const reviewBeforeSave = useStore(preferences, (state) => state.reviewBeforeSave);
  return (
    <TabBody>
      <SegmentedChoice
        label="Theme"
        value={theme}
        onChange={(value) => {
          const chosen = themes.find((known) => known === value);
          if (chosen !== undefined) preferences.getState().setTheme(chosen);
        }}
        options={themes.map((value) => ({ value, label: labels[value] }))}
        help="System follows what your computer is set to."
      />
      <Switch
        label="Review before Save"
        help="Shows what is added, changed and removed before it is written. For synced environments."
        isSelected={reviewBeforeSave}
        onChange={(reviews) => preferences.getState().setReviewBeforeSave(reviews)}
      />
    </TabBody>
  );
}
