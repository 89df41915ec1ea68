import type { Layout } from '../model/layout';
import type { ProviderDescriptor } from './descriptor';

/**
 * How a provider stores the vault of a program, for the library and for declared vaults: one secret for each name,
 * if the store can. Then a value may be as large as the store allows.
 */
export const vaultLayout = ({ traits }: Pick<ProviderDescriptor, 'traits'>): Layout =>
  traits.layouts.includes('entries') ? 'entries' : 'object';
