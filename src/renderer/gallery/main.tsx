/** The design system on one page, for developers. It is not part of the shipped app. */
import '../app/styles.css';
import { defaultPreferences } from '@shared/model/preferences';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { fontsLoaded } from '../app/fonts';
import { createPreferences } from '../app/preferences';
import { followTheme } from '../app/theme';
import { Gallery } from './gallery';

const preferences = createPreferences(defaultPreferences);
followTheme(preferences);

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no #root.');
await fontsLoaded();
createRoot(root).render(
  <StrictMode>
    <Gallery preferences={preferences} />
  </StrictMode>,
);
