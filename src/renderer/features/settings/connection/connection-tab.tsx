/** The form at the left and its outcome at the right; in a narrow window, one above the other. */
import { OUTCOME_DEFAULT, OUTCOME_MAX, OUTCOME_MIN } from '@shared/model/preferences';
import { useRef, type CSSProperties } from 'react';
import { useStore } from 'zustand';
import { useFeature, useStores } from '@renderer/app/stores';
import { PaneResizer } from '@renderer/components/pane-resizer';
import { scaled } from '@renderer/lib/rem';
import { PendingMigrations } from '../../migrate/pending-migrations';
import { Guide } from './guide';
import { PullPanel } from './pull-panel';
import { ScopeBanner } from './scope-banner';
import { TestPanel } from './test-panel';
import { ConnectionForm } from './connection-form';

export function ConnectionTab() {
  const { preferences } = useStores();
  const width = useStore(preferences, (state) => state.outcomeWidth);
  const outcome = useRef<HTMLDivElement>(null);
  const provider = useFeature('connection', (state) => state.provider);
  const unfinished = useFeature('migrate', ({ pending }) => pending.length > 0);
  const showOutcome = (): void => {
    outcome.current?.scrollIntoView({ block: 'nearest' });
  };
  return (
    <>
      <ScopeBanner />
      <div className="@container min-h-0 flex-1 overflow-hidden">
        <div
          className="h-full scroll-pb-24 overflow-auto @min-[52rem]:grid @min-[52rem]:grid-cols-[minmax(0,1fr)_min(var(--outcome),45%)] @min-[52rem]:overflow-hidden"
          style={{ '--outcome': `${String(scaled(width))}px` } as CSSProperties}
        >
          <ConnectionForm onStarted={showOutcome} />
          <div className="relative border-line bg-bg @max-[52rem]:border-t @min-[52rem]:min-h-0 @min-[52rem]:border-l">
            <div className="@max-[52rem]:hidden">
              <PaneResizer
                label="Width of the pane at the right"
                side="right"
                width={scaled(width)}
                min={scaled(OUTCOME_MIN)}
                max={scaled(OUTCOME_MAX)}
                standard={scaled(OUTCOME_DEFAULT)}
                onChange={(px) => preferences.getState().setOutcomeWidth(px / scaled(1))}
              />
            </div>
            <div className="@min-[52rem]:h-full @min-[52rem]:overflow-auto">
              <div ref={outcome} className="flex flex-col">
                {unfinished ? (
                  <div className="border-b border-line p-5">
                    <PendingMigrations />
                  </div>
                ) : null}
                <PullPanel />
                <TestPanel />
              </div>
              <Guide key={provider} provider={provider} />
            </div>
          </div>
        </div>
      </div>
    </>
  );
}
