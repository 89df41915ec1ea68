import './app/no-eval';
import './app/styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app';
import { fontsLoaded } from './app/fonts';
import { createPreferences, lookOfPage } from './app/preferences';
import { startApp } from './app/start';
import { followTheme } from './app/theme';
import { openLinksPastedHere } from './bridge';

openLinksPastedHere();
const preferences = createPreferences(lookOfPage(document.documentElement));
followTheme(preferences);

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no #root.');
// What the page needs from the core arrives while the fonts do.
const app = startApp(preferences);
await fontsLoaded();
createRoot(root).render(
  <StrictMode>
    <App app={app} preferences={preferences} />
  </StrictMode>,
);
