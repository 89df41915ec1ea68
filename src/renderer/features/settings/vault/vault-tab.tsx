/** The form at the left, and what comes of it at the right; one above the other where it is narrow. */
import { useRef } from 'react';
import { useFeature } from '../../../app/stores';
import { PendingMoves } from '../../move/pending-moves';
import { Guide } from './guide';
import { PullPanel } from './pull-panel';
import { ScopeBanner } from './scope-banner';
import { TestPanel } from './test-panel';
import { VaultForm } from './vault-form';

export function VaultTab() {
  const outcome = useRef<HTMLDivElement>(null);
  const provider = useFeature('vault', (state) => state.provider);
  const unfinished = useFeature('move', ({ pending }) => pending.length > 0);
  const showOutcome = (): void => {
    outcome.current?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <>
      <ScopeBanner />
      <div className="@container min-h-0 flex-1 overflow-hidden">
        <div className="h-full scroll-pb-24 overflow-auto @min-[52rem]:grid @min-[52rem]:grid-cols-[minmax(0,1fr)_clamp(19.5rem,38%,25rem)] @min-[52rem]:overflow-hidden">
          <VaultForm onStarted={showOutcome} />
          <div className="border-line bg-bg @max-[52rem]:border-t @min-[52rem]:overflow-auto @min-[52rem]:border-l">
            <div ref={outcome} className="flex flex-col">
              {unfinished ? (
                <div className="border-b border-line p-5">
                  <PendingMoves />
                </div>
              ) : null}
              <PullPanel />
              <TestPanel />
            </div>
            <Guide key={provider} provider={provider} />
          </div>
        </div>
      </div>
    </>
  );
}
