import { SIDEBAR_DEFAULT, SIDEBAR_MAX, SIDEBAR_MIN } from '@shared/model/preferences';
import { useDeferredValue, useEffect, useLayoutEffect, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { Banner } from '../components/banner';
import { PaneResizer } from '../components/pane-resizer';
import { ApprovalBanner } from '../features/approvals/approval-banner';
import { Help } from '../features/help/help';
import { Palette } from '../features/palette/palette';
import { SidebarDialogs } from '../features/environments/sidebar-dialogs';
import { ExpiryBanner } from '../features/provider-status/expiry-banner';
import { OfflineBanner } from '../features/provider-status/offline-banner';
import { UnlockButton } from '../features/security/unlock-button';
import { TourPanel } from '../features/tour/tour-panel';
import { WorkspaceDialogs } from '../features/workspaces/workspace-dialogs';
import { laterComponent } from '../lib/later';
import { scaled, useTextSize } from '../lib/rem';
import { useAddress } from './address';
import { AnnouncementBar } from './announcement-bar';
import { useGlobalCommands } from './global-commands';
import { useKeptFocus } from './kept-focus';
import { useLeaveGuard } from './leave-guard';
import { shellColumns } from './loading';
import { useFocusOnNewPage } from './focus';
import type { Route } from './navigation';
import { RemedyButtons } from './remedy-buttons';
import { screens } from './screens';
import { useWindowTitle } from './window-title';
import { useServerWatch } from './server-watch';
import { useActivity } from './use-activity';
import { useShortcuts } from './shortcuts';
import { Sidebar } from './sidebar';
import { SidebarRail } from './sidebar-rail';
import { useCommand } from './use-command';
import { useFeature, useStores } from './stores';

const QuestionDialog = laterComponent(
  async () => (await import('./question-dialog')).QuestionDialog,
);
const ShortcutsDialog = laterComponent(
  async () => (await import('../features/palette/shortcuts-dialog')).ShortcutsDialog,
);
const KeyDialog = laterComponent(
  async () => (await import('../features/search/key-dialog')).KeyDialog,
);

export function Shell() {
  const { preferences, sidebar } = useStores();
  const width = useStore(preferences, (state) => state.sidebarWidth);
  const isNarrow = useFeature('sidebar', (state) => state.isNarrow);
  const isRail = useStore(preferences, (state) => state.sidebarCollapsed) || isNarrow;
  // Some lengths below are in pixels, and are computed again for another text size.
  const textSize = useTextSize();
  useGlobalCommands();
  useShortcuts();
  useCommand('toggle-environments', () => sidebar.getState().toggle());
  useAddress();
  useLeaveGuard();
  useServerWatch();
  useActivity();
  useKeptFocus();
  useWindowTitle();

  return (
    <div className="flex h-full flex-col">
      <ApprovalBanner />
      <div className="relative grid min-h-0 flex-1" style={shellColumns(width, isRail)}>
        <SidebarPlace isRail={isRail} width={width} textSize={textSize} />
        <div className="@container/stage relative flex min-h-0 min-w-0">
          <Page />
          <Help />
        </div>
      </div>
      <TourPanel />
      <Palette />
      <Dialogs />
    </div>
  );
}

function Dialogs() {
  const isAsked = useFeature('palette', ({ shortcuts }) => shortcuts);
  const key = useFeature('keyHolders', (state) => state.key);
  const question = useFeature('questions', (state) => state.current);
  return (
    <>
      <SidebarDialogs />
      {question === undefined ? null : <QuestionDialog question={question} />}
      <WorkspaceDialogs />
      {isAsked ? <ShortcutsDialog /> : null}
      {key === undefined ? null : <KeyDialog asked={key} />}
    </>
  );
}

interface SidebarPlaceProps {
  readonly isRail: boolean;
  /** In pixels at a text size of 16. */
  readonly width: number;
  readonly textSize: number;
}

/** The sidebar: beside the page, as icons, or over the page of a narrow window. */
function SidebarPlace({ isRail, width, textSize }: SidebarPlaceProps) {
  const { navigation, preferences, sidebar } = useStores();
  const isOver = useFeature('sidebar', (state) => state.isOver);
  useLayoutEffect(() => {
    const { measure } = sidebar.getState();
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- the text size decides whether a window is narrow
  }, [sidebar, textSize]);
  // Whoever went to a page wants to see it.
  useEffect(() => navigation.subscribe(() => sidebar.getState().putAway()), [navigation, sidebar]);

  if (isOver) {
    return (
      <>
        <div className="border-r border-line bg-bg" />
        <div
          aria-hidden
          className="absolute inset-0 z-20 bg-scrim"
          onClick={() => sidebar.getState().putAway('toggle')}
        />
        {/* Handles a key that nothing inside has handled. */}
        {/* oxlint-disable-next-line jsx-a11y/no-static-element-interactions */}
        <div
          className="absolute inset-y-0 left-0 z-20 w-80 max-w-[85vw] border-r border-line-strong shadow-overlay"
          onKeyDown={(event) => {
            if (event.key === 'Escape') sidebar.getState().putAway('toggle');
          }}
        >
          <Sidebar />
        </div>
      </>
    );
  }
  return (
    <div className="relative min-h-0 border-r border-line">
      {isRail ? (
        <SidebarRail />
      ) : (
        <Sidebar>
          <PaneResizer
            label="Width of the sidebar"
            width={scaled(width)}
            min={scaled(SIDEBAR_MIN)}
            max={scaled(SIDEBAR_MAX)}
            standard={scaled(SIDEBAR_DEFAULT)}
            onChange={(px) => preferences.getState().setSidebarWidth(px / scaled(1))}
          />
        </Sidebar>
      )}
    </div>
  );
}

/**
 * The page on show. The sidebar shows at once to which environment a person goes; drawing it takes longer, and whoever
 * passes through several skips those between.
 */
function Page() {
  const current = useFeature('navigation', (state) => state.route);
  const deferred = useDeferredValue(current);
  const route = current.screen === 'environment' ? deferred : current;
  const main = useFocusOnNewPage(route);
  return (
    <main
      ref={main}
      tabIndex={-1}
      className="relative flex min-h-0 min-w-0 flex-1 flex-col bg-panel outline-none"
    >
      {/* A page that is too low for its table and its buttons scrolls as a whole. */}
      <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
        <Notices />
        <LockedBanner />
        <OfflineBanner />
        <ExpiryBanner />
        <div className="flex min-h-88 flex-1 flex-col">
          <Screen route={route} />
        </div>
      </div>
      <AnnouncementBar />
    </main>
  );
}

const NOBODY: readonly string[] = [];

function Screen({ route }: { readonly route: Route }): ReactNode {
  switch (route.screen) {
    case 'welcome':
      return <screens.welcome />;
    case 'unlock':
      return <screens.unlock />;
    case 'environment':
      return <screens.environment key={route.id} id={route.id} />;
    case 'compare':
      return <screens.compare />;
    case 'requests':
      return <screens.requests />;
    case 'push':
      return <screens.push />;
    case 'migrate':
      return <screens.migrate key={route.id} id={route.id} others={route.others ?? NOBODY} />;
    case 'history':
      return <screens.history key={route.id} id={route.id} />;
    case 'settings':
      return <screens.settings tab={route.tab} />;
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
