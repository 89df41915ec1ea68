/** The stores of the window, as components use them. */
import { createContext, useContext } from 'react';
import { useStore, type StoreApi } from 'zustand';
import type { Stores } from './create-stores';

export const StoresContext = createContext<Stores | undefined>(undefined);

export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (stores === undefined) throw new Error('There are no stores around this component.');
  return stores;
}

type StateOf<Name extends keyof Stores> = Stores[Name] extends { getState: () => infer State }
  ? State
  : never;

type FeatureName = {
  [Name in keyof Stores]: Stores[Name] extends { getState: () => unknown } ? Name : never;
}[keyof Stores];

/** A part of one store's state. The selector must return the same object while nothing changed. */
export function useFeature<Name extends FeatureName, Part>(
  name: Name,
  select: (state: StateOf<Name>) => Part,
): Part {
  const store = useStores()[name] as unknown as StoreApi<StateOf<Name>>;
  return useStore<StoreApi<StateOf<Name>>, Part>(store, select);
}
