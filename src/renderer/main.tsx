import './app/no-eval';
import './app/styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app';
import { createPreferences, lookOfPage } from './app/preferences';
import { startApp } from './app/start';
import { followTheme } from './app/theme';
import { openLinksPastedHere } from './bridge';

openLinksPastedHere();
const preferences = createPreferences(lookOfPage(document.documentElement));
followTheme(preferences);

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <App app={startApp(preferences)} preferences={preferences} />
  </StrictMode>,
);
