import type { PreferencesStore } from './preferences';

/** Keeps the page in the preferred theme, and follows the system if that is the preference. */
export function followTheme(preferences: PreferencesStore): void {
  const systemIsDark = window.matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    const { theme } = preferences.getState();
    const resolved = theme === 'system' ? (systemIsDark.matches ? 'dark' : 'light') : theme;
    document.documentElement.dataset['theme'] = resolved;
  };
  systemIsDark.addEventListener('change', apply);
  preferences.subscribe(apply);
  apply();
}
