/** The page on show. `address.ts` writes it into the address of the page, with ids in the place of names. */
import type { SettingsTab } from '@shared/model/place';
import { createStore } from 'zustand';

export type Route =
  | { readonly screen: 'welcome' }
  /** `back` is the page to go on with. Default: the environment that was open last. */
  | { readonly screen: 'unlock'; readonly back?: Route }
  | { readonly screen: 'environment'; readonly id: string }
  | { readonly screen: 'compare' }
  /** The grants of the workspace. */
  | { readonly screen: 'requests' }
  | { readonly screen: 'push' }
  /** Migrate…, for one environment, and others with it. */
  | { readonly screen: 'migrate'; readonly id: string; readonly others?: readonly string[] }
  /** The versions of one environment. */
  | { readonly screen: 'history'; readonly id: string }
  | { readonly screen: 'settings'; readonly tab: SettingsTab };

export interface Navigation {
  readonly route: Route;
  /** The environment that was open last. */
  readonly lastEnvironment: string | undefined;
  go(this: void, route: Route): void;
}

/** The environment that a page is about. */
export const environmentOf = (route: Route): string | undefined =>
  'id' in route ? route.id : undefined;

/** The page to start on: the environment that was open last, else the first one. */
export function homeRoute(
  environments: readonly { readonly id: string }[],
  last: string | undefined,
): Route {
  const open = environments.find(({ id }) => id === last) ?? environments[0];
  return open === undefined ? { screen: 'welcome' } : { screen: 'environment', id: open.id };
}

export const createNavigation = (route: Route) =>
  createStore<Navigation>()((set) => ({
    route,
    lastEnvironment: environmentOf(route),
    go: (next) =>
      set((state) => ({
        route: next,
        lastEnvironment: environmentOf(next) ?? state.lastEnvironment,
      })),
  }));
