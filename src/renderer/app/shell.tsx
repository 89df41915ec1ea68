import { SIDEBAR_DEFAULT, SIDEBAR_MAX, SIDEBAR_MIN } from '@shared/model/preferences';
import { lazy, Suspense, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { Banner } from '../components/banner';
import { PaneResizer } from '../components/pane-resizer';
import { ApprovalBanner } from '../features/approvals/approval-banner';
import { CompareScreen } from '../features/compare/compare-screen';
import { EnvironmentScreen } from '../features/environment/environment-screen';
import { HelpPane } from '../features/help/help-pane';
import { HistoryScreen } from '../features/history/history-screen';
import { MigrateScreen } from '../features/migrate/migrate-screen';
import { Palette } from '../features/palette/palette';
import { ShortcutsDialog } from '../features/palette/shortcuts-dialog';
import { OfflineBanner } from '../features/provider-status/offline-banner';
import { PushScreen } from '../features/push/push-screen';
import { RequestsHeader } from '../features/requests/requests-header';
import { UnlockButton } from '../features/security/unlock-button';
import { UnlockScreen } from '../features/security/unlock-screen';
import { SettingsScreen } from '../features/settings/settings-screen';
import { WelcomeScreen } from '../features/welcome/welcome-screen';
import { AnnouncementBar } from './announcement-bar';
import { QuestionDialog } from './question-dialog';
import { useGlobalCommands } from './global-commands';
import { useKeptFocus } from './kept-focus';
import { useLeaveGuard } from './leave-guard';
import { shellColumns } from './loading';
import { useFocusOnNewPage } from './focus';
import { RemedyButtons } from './remedy-buttons';
import { useWindowTitle } from './window-title';
import { useServerWatch } from './server-watch';
import { useActivity } from './use-activity';
import { useShortcuts } from './shortcuts';
import { Sidebar } from './sidebar';
import { useFeature, useStores } from './stores';

/** Few people need it in every session. */
const RequestsScreen = lazy(async () => ({
  default: (await import('../features/requests/requests-screen')).RequestsScreen,
}));

export function Shell() {
  const { preferences } = useStores();
  const width = useStore(preferences, (state) => state.sidebarWidth);
  useGlobalCommands();
  useShortcuts();
  useLeaveGuard();
  useServerWatch();
  useActivity();
  useKeptFocus();
  useWindowTitle();
  const main = useFocusOnNewPage();

  return (
    <div className="flex h-full flex-col">
      <ApprovalBanner />
      <div className="grid min-h-0 flex-1" style={shellColumns(width)}>
        <div className="relative min-h-0 border-r border-line">
          <Sidebar>
            <PaneResizer
              label="Width of the sidebar"
              width={width}
              min={SIDEBAR_MIN}
              max={SIDEBAR_MAX}
              standard={SIDEBAR_DEFAULT}
              onChange={(px) => preferences.getState().setSidebarWidth(px)}
            />
          </Sidebar>
        </div>
        <div className="@container/stage relative flex min-h-0 min-w-0">
          <main
            ref={main}
            tabIndex={-1}
            className="relative flex min-h-0 min-w-0 flex-1 flex-col bg-panel outline-none"
          >
            <Notices />
            <LockedBanner />
            <OfflineBanner />
            <Screen />
            <AnnouncementBar />
          </main>
          <HelpPane />
        </div>
      </div>
      <QuestionDialog />
      <Palette />
      <ShortcutsDialog />
    </div>
  );
}

function Screen(): ReactNode {
  const route = useFeature('navigation', (state) => state.route);
  switch (route.screen) {
    case 'welcome':
      return <WelcomeScreen />;
    case 'unlock':
      return <UnlockScreen />;
    case 'environment':
      return <EnvironmentScreen key={route.id} id={route.id} />;
    case 'compare':
      return <CompareScreen />;
    case 'requests':
      return (
        <Suspense fallback={<RequestsHeader />}>
          <RequestsScreen />
        </Suspense>
      );
    case 'push':
      return <PushScreen />;
    case 'migrate':
      return <MigrateScreen key={route.id} id={route.id} />;
    case 'history':
      return <HistoryScreen key={route.id} id={route.id} />;
    case 'settings':
      return <SettingsScreen tab={route.tab} />;
  }
}

function Notices(): ReactNode {
  const { notices } = useStores();
  const list = useFeature('notices', (state) => state.list);
  return list.map(({ id, level, title, text, remedy }) => (
    <Banner
      key={id}
      tone={level === 'warning' ? 'warn' : 'info'}
      title={title}
      action={<RemedyButtons report={{ remedy }} />}
      onDismiss={() => void notices.getState().dismiss(id)}
    >
      {text}
    </Banner>
  ));
}

function LockedBanner(): ReactNode {
  const locked = useFeature('security', (state) => state.protection.locked);
  // These pages offer it themselves.
  const asked = useFeature(
    'navigation',
    ({ route }) =>
      route.screen === 'unlock' ||
      route.screen === 'environment' ||
      (route.screen === 'settings' && route.tab === 'security'),
  );
  if (!locked || asked) return null;
  return (
    <Banner tone="info" title="Credentials are locked." action={<UnlockButton />}>
      Nothing can be pulled until they are unlocked.
    </Banner>
  );
}
