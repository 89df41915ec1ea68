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
  /** Goes to a page, unless the guard asks first and a person stays. */
  go(this: void, route: Route): void;
}

/** Resolves with whether the page on show may be left for another one; `undefined` if nothing would be lost. */
export type LeaveGuard = (from: Route, to: Route) => Promise<boolean> | undefined;

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

export const createNavigation = (route: Route, guard: LeaveGuard = () => undefined) =>
  createStore<Navigation>()((set, get) => {
    const arrive = (next: Route): void =>
      set((state) => ({
        route: next,
        lastEnvironment: environmentOf(next) ?? state.lastEnvironment,
      }));
    return {
      route,
      lastEnvironment: environmentOf(route),
      go: (next) => {
        const asked = guard(get().route, next);
        if (asked === undefined) return arrive(next);
        void (async () => {
          if (await asked) arrive(next);
          // The address may be that of the other page already, after a step back.
          else set((state) => ({ route: { ...state.route } }));
        })();
      },
    };
  });
