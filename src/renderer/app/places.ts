/** Leads to a page by its address or by a link. It only navigates: whoever follows a link gets a page, and no value. */
import type { Environment } from '@shared/model/environment';
import { parseLink, type Place } from '@shared/model/place';
import type { Workspace } from '@shared/model/workspace';
import { visibleText } from '@shared/model/visible-text';
import type { Destination } from '../features/workspaces/store';
import type { Stores } from './create-stores';
import type { Route } from './navigation';

/** What is shown of a name that a link has. */
const SHOWN_OF_NAME = 80;

const quoted = (name: string): string => `“${visibleText(name, SHOWN_OF_NAME)}”`;

/** By id, else by name. */
const find = <T extends { readonly id: string; readonly name: string }>(
  list: readonly T[],
  typed: string,
): T | undefined => list.find(({ id }) => id === typed) ?? list.find(({ name }) => name === typed);

/** The page of a route, with ids. The page that asks for the passphrase has the address of the page behind it. */
export function placeOf(route: Route, workspace: string): Place | undefined {
  switch (route.screen) {
    case 'unlock':
      return route.back === undefined ? undefined : placeOf(route.back, workspace);
    case 'environment':
    case 'history':
    case 'migrate':
      return { page: route.screen, environment: route.id, workspace };
    case 'settings':
      return { page: 'settings', tab: route.tab, workspace };
    case 'compare':
    case 'push':
    case 'requests':
    case 'welcome':
      return { page: route.screen, workspace };
  }
}

/** `undefined` if there is no such environment. */
function routeTo(place: Place, list: readonly Environment[]): Route | undefined {
  switch (place.page) {
    case 'environment':
    case 'history':
    case 'migrate': {
      const environment = find(list, place.environment);
      return environment && { screen: place.page, id: environment.id };
    }
    case 'settings':
      return { screen: 'settings', tab: place.tab };
    // The first page of a workspace that has no environment.
    case 'welcome':
      return list.length === 0 ? { screen: 'welcome' } : undefined;
    case 'compare':
    case 'push':
    case 'requests':
      return { screen: place.page };
  }
}

/** Opens a page of this workspace, or says why not. */
export function arriveAt(stores: Stores, { place, isLink }: Destination): void {
  const { announcements, environment, environments, navigation, references, workspaces } = stores;
  const route = routeTo(place, environments.getState().list);
  if (route === undefined) {
    if (!('environment' in place)) return;
    const { name } = workspaces.getState().current;
    announcements
      .getState()
      .say(
        isLink
          ? `The workspace ${name} has no environment ${quoted(place.environment)}. It may have another name here, or be deleted.`
          : 'The environment of this address is not here any more.',
        'bad',
      );
    return;
  }
  const { route: now, go } = navigation.getState();
  if (now.screen === 'unlock') return go({ screen: 'unlock', back: route });
  if (route.screen === 'environment' && isLink) environment.getState().openUnasked(route.id);
  if (route.screen === 'environment' && 'variable' in place && place.variable !== undefined) {
    references.getState().go({ id: route.id, key: place.variable });
  } else go(route);
}

/**
 * Opens a page, in whatever workspace. Asks first if that would lose something unsaved. Resolves with whether the
 * window went to another workspace, and so to other stores.
 */
export async function goTo(stores: Stores, to: Destination): Promise<boolean> {
  const { announcements, environments, workspaces } = stores;
  const { workspace: typed } = to.place;
  if (typed === undefined || find([workspaces.getState().current], typed) !== undefined) {
    // Another window or a program may have made it.
    if (routeTo(to.place, environments.getState().list) === undefined) {
      await environments.getState().refresh();
    }
    arriveAt(stores, to);
    return false;
  }
  const known = (): Workspace | undefined => find(workspaces.getState().list, typed);
  if (known() === undefined) await workspaces.getState().refresh();
  const workspace = known();
  if (workspace !== undefined) return workspaces.getState().switchTo(workspace.id, to);
  announcements
    .getState()
    .say(
      to.isLink
        ? `There is no workspace ${quoted(typed)}. It may have another name here, or be deleted.`
        : 'The workspace of this address is not here any more.',
      'bad',
    );
  return false;
}

/** Follows a link of another program, or says why not. */
export async function followLink(stores: Stores, link: string): Promise<void> {
  const place = parseLink(link);
  if (place !== undefined) {
    await goTo(stores, { place, isLink: true });
    return;
  }
  stores.announcements
    .getState()
    .say(
      `Strongroom cannot open the link ${quoted(link)}. It is damaged, or for another version.`,
      'bad',
    );
}
