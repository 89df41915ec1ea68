import type { GuideSection, ProviderId } from '@shared/providers/descriptor';
import { providerDescriptors } from '@shared/providers';
import { CodeBlock } from '../../../components/code-block';
import { Fold } from '../../../components/fold';
import { Section } from '../../../components/page';
import { RichText } from '../../../components/rich-text';

/** The provider's set-up, step by step, beside the form it is for. */
export const Guide = ({ provider }: { readonly provider: ProviderId }) => (
  <Section title="Set-up guide" className="border-t border-line p-5 gap-1">
    <div className="-ml-0.5 flex flex-col divide-y divide-line">
      {providerDescriptors[provider].guide.map((section) => (
        <Fold key={section.title} title={section.title}>
          <GuideText section={section} />
        </Fold>
      ))}
    </div>
  </Section>
);

function GuideText({ section }: { readonly section: GuideSection }) {
  const { title, intro, steps, code, notes } = section;
  return (
    <div className="flex flex-col gap-2.5 pb-1 text-text-2">
      {intro === undefined ? null : (
        <p>
          <RichText text={intro} />
        </p>
      )}
      {/* Where an introduction announces it, the code comes first; else the steps lead to it. */}
      {code !== undefined && intro !== undefined ? <CodeBlock code={code} label={title} /> : null}
      {steps === undefined ? null : (
        <ol className="flex list-decimal flex-col gap-1.5 pl-5 marker:text-text-3">
          {steps.map((step) => (
            <li key={step} className="pl-0.5">
              <RichText text={step} />
            </li>
          ))}
        </ol>
      )}
      {code !== undefined && intro === undefined ? <CodeBlock code={code} label={title} /> : null}
      {notes?.map((note) => (
        <p key={note} className="border-l-2 border-line-strong pl-2.5 text-xs">
          <RichText text={note} />
        </p>
      ))}
    </div>
  );
}
