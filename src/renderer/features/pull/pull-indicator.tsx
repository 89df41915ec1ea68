/** The run of Pull All or Auto Sync in the sidebar: small, and absent if all went well. */
import { providerFacts } from '@shared/providers/facts';
import { X } from 'lucide-react';
import { useFeature, useStores } from '../../app/stores';
import { IconButton } from '../../components/button';
import { Progress } from '../../components/progress';
import { TextLink } from '../../components/text-link';
import { plural } from '../../lib/format';
import { causeLabel, progressText } from './words';

export function PullIndicator() {
  const { pull, navigation } = useStores();
  const run = useFeature('pull', (state) => state.run);
  const explained = useFeature(
    'navigation',
    ({ route }) => route.screen === 'settings' && route.tab === 'connection',
  );

  // The page of the connection shows the whole run.
  if (explained) return null;

  if (run.phase === 'running') {
    const { progress } = run;
    const text = progressText(run);
    return (
      <div className="flex flex-col gap-1 pb-1.5">
        <div className="flex h-6 items-center gap-2">
          <span className="min-w-0 flex-1 truncate text-2xs text-text-2 tabular-nums">{text}</span>
          <IconButton
            size="sm"
            label={`Cancel ${causeLabel[run.cause]}`}
            hint="Cancel"
            isDisabled={run.cancelling}
            onPress={() => pull.getState().cancel()}
          >
            <X aria-hidden className="size-3.5" />
          </IconButton>
        </div>
        <Progress
          slim
          label={causeLabel[run.cause]}
          valueLabel={text}
          {...(progress?.type === 'reading' && { value: progress.done, max: progress.total })}
        />
      </div>
    );
  }

  if (run.phase === 'idle') return null;
  const { label } = providerFacts[run.provider];
  const note =
    run.phase === 'failed' && run.error.code !== 'OFFLINE'
      ? `${causeLabel[run.cause]} from ${label} failed.`
      : run.phase === 'done' && run.summary.skipped.length > 0
        ? `${causeLabel[run.cause]} from ${label}: ${plural(run.summary.skipped.length, 'secret')} skipped.`
        : undefined;
  if (note === undefined) return null;
  return (
    <p className="pb-1.5 text-2xs text-text-2">
      {note}{' '}
      <TextLink onPress={() => navigation.getState().go({ screen: 'settings', tab: 'connection' })}>
        See why
      </TextLink>
    </p>
  );
}
