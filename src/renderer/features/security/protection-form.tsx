/** The choice of how credentials are protected. */
import { isTyped, wordOf, type Protection } from '@shared/model/protection';
import type { ErrorReport } from '@shared/errors';
import { TriangleAlert } from 'lucide-react';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import { useStores } from '../../app/stores';
import { thrownLine } from '../../app/thrown-line';
import { errorReport } from '../../bridge';
import { Button } from '../../components/button';
import { ErrorCard } from '../../components/card';
import { RadioList } from '../../components/choice';
import { PasswordField } from '../../components/text-field';
import { newPassphraseIssues, type NewPassphraseIssues } from './passphrase';
import type { ProtectionChoice } from './store';
import { useWeakness } from './strength';

export type Mode = ProtectionChoice['mode'];

interface Props {
  readonly modes: readonly Mode[];
  /** What is selected at first. Without it, a person has to choose. */
  readonly initial?: Mode;
  readonly submitLabel: string;
  /** Whether a new key takes the place of one that nobody can get at. */
  readonly isStartingOver?: boolean;
  readonly onChosen: () => void;
  /** The key that would have to be kept is gone. */
  readonly onKeyMissing?: () => void;
  /** Another button, after the submit button. */
  readonly children?: ReactNode;
}

const describe = (mode: Mode, { keychain }: Protection) => {
  switch (mode) {
    case 'keychain':
      return {
        label: keychain.name,
        description: keychain.available
          ? 'A key in your keychain encrypts them. There is nothing to remember.'
          : `Not available here. ${keychain.problem?.message ?? ''}`.trim(),
        isDisabled: !keychain.available,
      };
    case 'passphrase':
      return {
        label: 'A passphrase',
        description: 'Asked for at each start. It cannot be recovered.',
      };
    case 'pin':
      return {
        label: `${keychain.name} and a PIN`,
        description: keychain.available
          ? 'A key in your keychain and a PIN or passphrase encrypt them. The PIN is asked for at each start and after Lock. It can be short: nobody can try PINs without your keychain.'
          : `Not available here. ${keychain.problem?.message ?? ''}`.trim(),
        isDisabled: !keychain.available,
      };
    case 'session':
      return {
        label: 'Don’t store: forget when I quit',
        description:
          'Kept in memory only. Credentials and variables of this computer are gone when Strongroom quits or is locked.',
      };
  }
};

export function ProtectionForm({
  modes,
  initial,
  submitLabel,
  isStartingOver = false,
  onChosen,
  onKeyMissing,
  children,
}: Props) {
  const { security } = useStores();
  const { protection } = security.getState();
  const [mode, setMode] = useState(initial);
  const [isMissing, setIsMissing] = useState(false);
  const [current, setCurrent] = useState('');
  const [currentIssue, setCurrentIssue] = useState<string>();
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const [issues, setIssues] = useState<NewPassphraseIssues>({});
  const [error, setError] = useState<ErrorReport>();
  const [busy, setBusy] = useState(false);

  const weak = useWeakness(first);
  const currentWord = wordOf(protection.mode);
  const asksCurrent = isTyped(protection.mode) && !isStartingOver;
  const typed = mode !== undefined && isTyped(mode) ? mode : undefined;

  const send = (choice: ProtectionChoice): Promise<void> => {
    const { choose: change, startOver } = security.getState();
    if (isStartingOver) return startOver(choice);
    return asksCurrent ? change(choice, current) : change(choice);
  };

  const choose = async (): Promise<void> => {
    if (asksCurrent && current === '') return setCurrentIssue(`Enter the current ${currentWord}.`);
    if (mode === undefined) return setIsMissing(true);
    if (typed !== undefined) {
      const found = newPassphraseIssues({ first, second }, typed);
      setIssues(found);
      if (Object.keys(found).length > 0) return;
    }
    setBusy(true);
    setError(undefined);
    try {
      await send(isTyped(mode) ? { mode, passphrase: first } : { mode });
      setCurrent('');
      setFirst('');
      setSecond('');
      onChosen();
    } catch (thrown) {
      const report = errorReport(thrown);
      if (report.code === 'WRONG_PASSPHRASE' || report.code === 'UNLOCK_PAUSED')
        setCurrentIssue(thrownLine(thrown));
      else if (report.code === 'KEY_MISSING' && onKeyMissing !== undefined) onKeyMissing();
      else setError(report);
    } finally {
      setBusy(false);
    }
  };

  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (!busy) void choose();
  };

  const fields =
    typed === undefined ? undefined : (
      <div className="flex max-w-80 flex-col gap-3">
        <PasswordField
          label={`New ${wordOf(typed)}`}
          value={first}
          onChange={(text) => {
            setFirst(text);
            setIssues({});
          }}
          issue={issues.first}
          help={
            typed === 'pin'
              ? 'At least 4 characters: digits, or anything else. After five wrong ones, each further attempt has to wait.'
              : 'At least 8 characters. A few random words beat one word with symbols.'
          }
          stacked
        />
        {weak === undefined || typed === 'pin' ? null : (
          <output className="-mt-1 flex gap-1.5 text-xs text-warn">
            <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
            {weak}
          </output>
        )}
        <PasswordField
          label={`Repeat ${wordOf(typed)}`}
          value={second}
          onChange={(text) => {
            setSecond(text);
            setIssues({});
          }}
          issue={issues.second}
          stacked
        />
      </div>
    );

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-4">
      {asksCurrent ? (
        <div className="max-w-80">
          <PasswordField
            label={`Current ${currentWord}`}
            value={current}
            onChange={(text) => {
              setCurrent(text);
              setCurrentIssue(undefined);
            }}
            issue={currentIssue}
            help="Prevents changes at a window that you left open."
            stacked
          />
        </div>
      ) : null}
      <RadioList
        label="Keep secrets"
        value={mode ?? null}
        issue={isMissing && mode === undefined ? 'Choose one.' : undefined}
        onChange={(value) => {
          const chosen = modes.find((known) => known === value);
          if (chosen !== undefined) setMode(chosen);
        }}
        options={modes.map((value) => ({ value, fields, ...describe(value, protection) }))}
      />
      {error === undefined ? null : <ErrorCard report={error} />}
      <div className="flex flex-wrap gap-2">
        <Button variant={isStartingOver ? 'danger' : 'primary'} type="submit" isBusy={busy}>
          {submitLabel}
        </Button>
        {children}
      </div>
    </form>
  );
}
