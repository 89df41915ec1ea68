import type { Place } from '@shared/model/migration';
import { providerFacts } from '@shared/providers/facts';

/** A provider and a path there. */
export const PlaceText = ({ place }: { readonly place: Place }) => (
  <>
    {providerFacts[place.provider].label}{' '}
    <span className="font-mono text-xs wrap-anywhere text-text">{place.path}</span>
  </>
);
