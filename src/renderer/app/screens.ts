/** The pages of the window. The code of each is loaded by itself. */
import type { ScreenProps } from '../features/migrate/migrate-screen';
import type { LockedPageProps } from '../features/security/locked-page';
import { laterComponent } from '../lib/later';
import type { Route } from './navigation';

export const screens = {
  welcome: laterComponent(
    async () => (await import('../features/welcome/welcome-screen')).WelcomeScreen,
  ),
  unlock: laterComponent(
    async () => (await import('../features/security/unlock-screen')).UnlockScreen,
  ),
  environment: laterComponent(
    async () => (await import('../features/environment/environment-screen')).EnvironmentScreen,
  ),
  compare: laterComponent(
    async () => (await import('../features/compare/compare-screen')).CompareScreen,
  ),
  requests: laterComponent(
    async () => (await import('../features/requests/requests-screen')).RequestsScreen,
  ),
  push: laterComponent(async () => (await import('../features/push/push-screen')).PushScreen),
  migrate: laterComponent<ScreenProps>(
    async () => (await import('../features/migrate/migrate-screen')).MigrateScreen,
  ),
  history: laterComponent(
    async () => (await import('../features/history/history-screen')).HistoryScreen,
  ),
  settings: laterComponent(
    async () => (await import('../features/settings/settings-screen')).SettingsScreen,
  ),
} as const;

/** The whole window after Lock. */
export const LockedPage = laterComponent<LockedPageProps>(
  async () => (await import('../features/security/locked-page')).LockedPage,
);

/** Loads the code of a page, so that it is there when the window opens. */
export const loadScreen = ({ screen }: Route): Promise<void> => screens[screen].load();
