import type { ErrorReport } from '@shared/errors';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { ProtectionForm } from './protection-form';
import { UnlockForm } from './unlock-form';

interface Props {
  readonly report: ErrorReport;
  /** What is to be protected: `credentials` or `variables`. */
  readonly what: string;
  readonly onRetry: () => void;
  readonly onDismiss: () => void;
}

/** Asks for the choice or the passphrase that storing needs. */
export const KeyQuestion = ({ report, what, onRetry, onDismiss }: Props) => {
  const notNow = (
    <Button variant="quiet" onPress={onDismiss}>
      Not now
    </Button>
  );
  return report.code === 'KEY_CHOICE_NEEDED' ? (
    <Card tone="info" title={`How should your ${what} be kept?`} live>
      <p className="pb-2 text-text-2">{report.message} Choose how to protect them.</p>
      <ProtectionForm modes={['passphrase', 'session']} submitLabel="Continue" onChosen={onRetry}>
        {notNow}
      </ProtectionForm>
    </Card>
  ) : (
    <Card tone="info" title={report.message} live>
      <p className="pb-2 text-text-2">{report.hint}</p>
      <UnlockForm onUnlocked={onRetry}>{notNow}</UnlockForm>
    </Card>
  );
};
