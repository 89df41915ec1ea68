import { settingsTabs, type SettingsTab } from '@shared/model/place';
import { useEffect, useRef } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { HelpButton } from '../help/help-button';
import { AboutTab } from './about/about-tab';
import { ActivityTab } from './activity/activity-tab';
import { GeneralTab } from './general/general-tab';
import { SecurityTab } from './security/security-tab';
import { hasUnsavedChanges } from './connection/store';
import { AuditTab } from '../audit/audit-tab';
import { ConnectionTab } from './connection/connection-tab';

const tabs = {
  general: { label: 'General', content: GeneralTab },
  connection: { label: 'Vault', content: ConnectionTab },
  security: { label: 'Security', content: SecurityTab },
  activity: { label: 'Activity', content: ActivityTab },
  audit: { label: 'Audit', content: AuditTab },
  about: { label: 'About', content: AboutTab },
} as const satisfies Record<SettingsTab, { label: string; content: () => React.ReactNode }>;

const isTab = (key: unknown): key is SettingsTab => settingsTabs.some((tab) => tab === key);

export function SettingsScreen({ tab }: { readonly tab: SettingsTab }) {
  const { navigation } = useStores();
  const unsaved = useFeature('connection', hasUnsavedChanges);
  const tabList = useRef<HTMLDivElement>(null);

  // If the focused element went away with the page before, the selected tab takes the focus.
  useEffect(() => {
    if (document.activeElement !== document.body) return undefined;
    // React Aria draws a collection in a second pass.
    const frame = requestAnimationFrame(() => {
      // A remedy may have led to a field, which has the focus by now.
      if (document.activeElement !== document.body) return;
      tabList.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
    });
    return () => cancelAnimationFrame(frame);
  }, []);

  return (
    <Tabs
      selectedKey={tab}
      onSelectionChange={(key) => {
        if (isTab(key)) navigation.getState().go({ screen: 'settings', tab: key });
      }}
      // React Aria would outline it while anything inside has the focus.
      className="flex min-h-0 flex-1 flex-col data-focus-visible:outline-none"
    >
      <header className="border-b border-line px-5 pt-4">
        <div className="flex items-center justify-between">
          <h1 className="text-xl font-semibold">Settings</h1>
          <HelpButton />
        </div>
        <TabList ref={tabList} aria-label="Settings" className="mt-2 flex flex-wrap gap-x-5">
          {settingsTabs.map((id) => (
            <Tab
              key={id}
              id={id}
              className="relative flex h-9 cursor-default items-center gap-1.5 rounded-t-xs border-b-2 border-transparent text-text-2 transition-colors data-focus-visible:-outline-offset-2 data-hovered:text-text data-selected:border-brass-fill data-selected:font-semibold data-selected:text-text"
            >
              {/* As wide as when it is selected, so that selecting a tab moves no other. */}
              <span
                data-label={tabs[id].label}
                className="flex flex-col after:invisible after:h-0 after:overflow-hidden after:font-semibold after:content-[attr(data-label)/'']"
              >
                {tabs[id].label}
              </span>
              {id === 'connection' && unsaved ? (
                <span
                  aria-hidden
                  title="Unsaved changes"
                  className="absolute -right-2.5 size-1.5 rounded-full bg-brass-fill"
                />
              ) : null}
            </Tab>
          ))}
        </TabList>
      </header>
      {settingsTabs.map((id) => {
        const { content: Content } = tabs[id];
        return (
          <TabPanel
            key={id}
            id={id}
            className="flex min-h-0 flex-1 flex-col data-focus-visible:-outline-offset-2"
          >
            <Content />
          </TabPanel>
        );
      })}
    </Tabs>
  );
}
