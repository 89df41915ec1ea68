/** The form at the left, and what comes of it at the right; one above the other where it is narrow. */
import { useRef } from 'react';
import { useFeature } from '../../../app/stores';
import { Guide } from './guide';
import { PullPanel } from './pull-panel';
import { TestPanel } from './test-panel';
import { VaultForm } from './vault-form';

export function VaultTab() {
  const outcome = useRef<HTMLDivElement>(null);
  const provider = useFeature('vault', (state) => state.provider);
  const showOutcome = (): void => {
    outcome.current?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <div className="@container min-h-0 flex-1 overflow-hidden">
      <div className="h-full overflow-auto @min-[52rem]:grid @min-[52rem]:grid-cols-[minmax(0,1fr)_clamp(19.5rem,38%,25rem)] @min-[52rem]:overflow-hidden">
        <VaultForm onStarted={showOutcome} />
        <div className="border-line bg-bg @max-[52rem]:border-t @min-[52rem]:overflow-auto @min-[52rem]:border-l">
          <div ref={outcome} className="flex flex-col">
            <PullPanel />
            <TestPanel />
          </div>
          <Guide key={provider} provider={provider} />
        </div>
      </div>
    </div>
  );
}
