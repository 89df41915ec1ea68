/** Keeps the page on show in the address, so that reload, back, forward and bookmarks lead to it. */
import { addressOf, isAddress, parseAddress } from '@shared/model/place';
import { useEffect } from 'react';
import type { Stores } from './create-stores';
import { goTo, placeOf } from './places';
import { useCommand } from './use-command';
import { useStores } from './stores';

/** Milliseconds. Whoever passes through environments by keys leaves no entry for each; Chromium limits them, too. */
const PASSES_WITHIN_MS = 150;

/** Used once in a window. */
export function useAddress(): void {
  const stores = useStores();
  useEffect(() => keepAddress(stores), [stores]);
  useCommand('back', () => window.history.back());
  useCommand('forward', () => window.history.forward());
  // It gets a copy of this window's session, as a duplicated tab does. The desktop app opens another window.
  useCommand('new-window', () => window.open(window.location.href));
}

function keepAddress(stores: Stores): () => void {
  const { announcements, arrived, navigation, workspaceId } = stores;
  let wroteAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** `isNew`: adds an entry to the history. */
  const write = (isNew: boolean): void => {
    clearTimeout(timer);
    const place = placeOf(navigation.getState().route, workspaceId);
    if (place === undefined) return;
    const address = addressOf(place);
    if (address === window.location.hash) return;
    wroteAt = performance.now();
    if (isNew) window.history.pushState(null, '', address);
    else window.history.replaceState(null, '', address);
  };
  const onRoute = (): void => {
    clearTimeout(timer);
    const wait = wroteAt + PASSES_WITHIN_MS - performance.now();
    if (wait <= 0) write(true);
    else timer = setTimeout(() => write(true), wait);
  };
  const onMoved = async (): Promise<void> => {
    const { hash } = window.location;
    if (!isAddress(hash)) return;
    clearTimeout(timer);
    const place = parseAddress(hash);
    if (place === undefined) {
      announcements.getState().say('Strongroom has no page with this address.', 'bad');
    } else if (await goTo(stores, { place, isLink: false })) return;
    // If it led nowhere, the address is again that of the page on show.
    if (window.location.hash === hash) write(false);
  };
  const onPopState = (): void => void onMoved();

  write(arrived !== undefined);
  const unsubscribe = navigation.subscribe(onRoute);
  window.addEventListener('popstate', onPopState);
  return () => {
    clearTimeout(timer);
    unsubscribe();
    window.removeEventListener('popstate', onPopState);
  };
}
