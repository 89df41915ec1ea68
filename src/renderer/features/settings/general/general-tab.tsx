import { useCallback, useState } from 'react';
import { useStore } from 'zustand';
import { themes } from '@shared/model/preferences';
import { useStores } from '@renderer/app/stores';
import { SegmentedChoice } from '@renderer/components/choice';
import { Switch } from '@renderer/components/switch';
import { BackupSection } from './backup-section';
import { CommandSection } from './command-section';
import { TabBody } from '../tab-body';
import { UpdateSection } from './update-section';

const isMac = navigator.userAgent.includes('Mac');

const labels = { system: 'System', light: 'Light', dark: 'Dark' } as const;

export function GeneralTab() {
  const { preferences, info } = useStores();
  const theme = useStore(preferences, (state) => state.theme);
  const reviewBeforeSave = useStore(preferences, (state) => state.reviewBeforeSave);
  const loadOnOpen = useStore(preferences, (state) => state.loadOnOpen);
  const showsTrayIcon = useStore(preferences, (state) => state.showsTrayIcon);
  // What comes later must not push it down.
  const [isCommandKnown, setCommandKnown] = useState(false);
  const onKnown = useCallback(() => setCommandKnown(true), []);
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
        help="System follows the setting of your computer."
      />
      <Switch
        label="Load values on open"
        help="Reads the values of a synced environment when you open it."
        isSelected={loadOnOpen}
        onChange={(loads) => preferences.getState().setLoadOnOpen(loads)}
      />
      <Switch
        label="Review before Save"
        help="Shows the changes before a synced environment is saved."
        isSelected={reviewBeforeSave}
        onChange={(reviews) => preferences.getState().setReviewBeforeSave(reviews)}
      />
      {info.host === 'desktop' ? (
        <Switch
          label={isMac ? 'Icon in the menu bar' : 'Icon in the notification area'}
          help="Its menu copies a value from a favourite or recent environment without opening the window. The icon is shown while Strongroom runs."
          isSelected={showsTrayIcon}
          onChange={(shows) => preferences.getState().setShowsTrayIcon(shows)}
        />
      ) : null}
      <UpdateSection />
      <CommandSection onKnown={onKnown} />
      {isCommandKnown ? <BackupSection /> : null}
    </TabBody>
  );
}
