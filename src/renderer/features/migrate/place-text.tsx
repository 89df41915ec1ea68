import type { Place } from '@shared/model/migration';
import { providerDescriptors } from '@shared/providers';

/** A provider and a path there. */
export const PlaceText = ({ place }: { readonly place: Place }) => (
  <>
    {providerDescriptors[place.provider].label}{' '}
    <span className="font-mono text-xs break-all text-text">{place.path}</span>
  </>
);
