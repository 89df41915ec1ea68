/** Why the edits are not saved: a save failed, or the variables are newer than the edits. */
import { isKeyQuestion } from '@shared/errors';
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { ReactNode } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Card, ErrorCard } from '../../components/card';
import { plural } from '../../lib/format';
import { KeyQuestion } from '../security/key-question';
import { countsOf } from './draft';

export function DraftNotices({ data }: { readonly data: OpenEnvironment }) {
  const { id } = data.environment;
  const error = useFeature('drafts', (state) => state.errors.get(id));
  const draft = useFeature('drafts', (state) => state.histories.get(id)?.present);
  const carrying = useFeature('merges', (state) => state.carrying.has(id));
  const count = countsOf(draft).total;
  if (count === 0 || carrying) return null;
  if (draft?.base !== data.base && data.base !== undefined) {
    return (
      <Frame>
        <Newer data={data} count={count} />
      </Frame>
    );
  }
  if (error === undefined) return null;
  return (
    <Frame>
      <SaveFailure id={id} count={count} />
    </Frame>
  );
}

const Frame = ({ children }: { readonly children: ReactNode }) => (
  <div className="max-h-[60%] shrink-0 overflow-auto px-5 pt-3">
    <div className="max-w-2xl">{children}</div>
  </div>
);

interface Props {
  readonly data: OpenEnvironment;
  readonly count: number;
}

/** The variables are newer than the edits, and the two conflict. */
function Newer({ data, count }: Props) {
  const { drafts, merges } = useStores();
  const { environment, base } = data;
  return (
    <Card
      tone="info"
      title="Someone else changed what you are editing"
      live
      actions={
        <>
          <Button
            variant="primary"
            onPress={() => void merges.getState().carryOver(environment.id, base, true)}
          >
            Resolve conflicts
          </Button>
          <Button variant="quiet" onPress={() => drafts.getState().forget(environment.id)}>
            Discard my edits
          </Button>
        </>
      }
    >
      <p className="text-text-2">
        Your {plural(count, 'edit')} {count === 1 ? 'is' : 'are'} still here and not saved. If both
        changed the same variable, you choose.
      </p>
    </Card>
  );
}

function SaveFailure({ id, count }: { readonly id: string; readonly count: number }) {
  const { drafts } = useStores();
  const report = useFeature('drafts', (state) => state.errors.get(id));
  if (report === undefined) return null;
  const { save, dismissError } = drafts.getState();
  const retry = (): void => void save(id);
  if (isKeyQuestion(report.code)) {
    return (
      <KeyQuestion
        report={report}
        what="variables"
        onRetry={retry}
        onDismiss={() => dismissError(id)}
      />
    );
  }
  if (report.code === 'OFFLINE') {
    // The banner above the page says why.
    return (
      <Card
        tone="info"
        live
        title={`Not saved: ${report.message}`}
        onDismiss={() => dismissError(id)}
        actions={<Button onPress={retry}>Save again</Button>}
      >
        <p className="text-text-2">
          Your {plural(count, 'edit')} {count === 1 ? 'is' : 'are'} still here. Save again when the
          server is back.
        </p>
      </Card>
    );
  }
  return (
    <ErrorCard
      report={report}
      note={`Not saved. Your ${plural(count, 'edit')} ${count === 1 ? 'is' : 'are'} still here.`}
      onDismiss={() => dismissError(id)}
    />
  );
}
