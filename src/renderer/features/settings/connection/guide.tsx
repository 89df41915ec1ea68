import type { ProviderId } from '@shared/providers/descriptor';
import { Fold } from '@renderer/components/fold';
import { Section } from '@renderer/components/page';
import { Blocks } from '../../help/blocks';
import { sectionsOf } from '../../help/guide';

/** The provider's chapter of the guide, section by section, next to the form. */
export const Guide = ({ provider }: { readonly provider: ProviderId }) => (
  <Section title="Set-up guide" className="border-t border-line p-5 gap-1">
    <div className="-ml-0.5 flex flex-col divide-y divide-line">
      {sectionsOf(provider).map(({ title, blocks }) => (
        <Fold key={title} title={title}>
          <div className="flex flex-col gap-2.5 pb-1 text-text-2">
            <Blocks chapter={provider} title={title} blocks={blocks} />
          </div>
        </Fold>
      ))}
    </div>
  </Section>
);
