/** A credential that comes from a sign-in with a browser. */
import type { FieldDescriptor } from '@shared/providers/descriptor';
import { Check, CircleDashed } from 'lucide-react';
import { useId } from 'react';
import { Group } from 'react-aria-components';
import { useShallow } from 'zustand/react/shallow';
import { drawRemedy } from '@renderer/app/remedy-buttons';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { ErrorCard, RemedyContext } from '@renderer/components/card';
import { ExternalLink } from '@renderer/components/external-link';
import { FieldBody, FieldHelp, fieldLabel, fieldRow } from '@renderer/components/field';
import { Spinner } from '@renderer/components/spinner';
import { credentialInForm } from './store';

interface Props {
  readonly field: Extract<FieldDescriptor, { kind: 'credential' }>;
  readonly issue: string | undefined;
}

export function SignInField({ field, issue }: Props) {
  const { connection } = useStores();
  const labelId = useId();
  const { name, label, help } = field;
  const state = useFeature(
    'connection',
    useShallow((all) => credentialInForm(all, name)),
  )?.state;
  const run = useFeature('connection', (all) => all.signIn);
  const { startSignIn, cancelSignIn } = connection.getState();
  const isRunning = run?.phase === 'starting' || run?.phase === 'waiting';
  const isIn = state === 'taken' || state === 'saved';
  const Icon = isIn ? Check : CircleDashed;
  return (
    <div className={fieldRow}>
      <span id={labelId} className={fieldLabel}>
        {label}
      </span>
      <FieldBody>
        <Group
          aria-labelledby={labelId}
          className="flex min-h-7.5 items-center gap-0.5 rounded-md border border-line-strong bg-panel pr-0.5 pl-2.5"
        >
          {isRunning ? (
            <Spinner className="text-text-2" />
          ) : (
            <Icon aria-hidden className={isIn ? 'size-3.5 text-good' : 'size-3.5 text-text-3'} />
          )}
          <output className="ml-1.5 min-w-0 flex-1 truncate text-text-2">
            {isRunning
              ? 'Waiting for the browser …'
              : state === 'taken'
                ? 'Signed in, not saved yet'
                : state === 'saved'
                  ? 'Signed in'
                  : 'Not signed in'}
          </output>
          {isRunning ? (
            <Button variant="quiet" size="sm" onPress={cancelSignIn}>
              Cancel sign-in
            </Button>
          ) : (
            <Button variant="quiet" size="sm" onPress={() => void startSignIn(name)}>
              {isIn ? 'Sign in again' : 'Sign in'}
            </Button>
          )}
        </Group>
        {run?.phase === 'waiting' ? <Page {...run} /> : null}
        {run?.error === undefined ? null : (
          <RemedyContext value={drawRemedy}>
            <ErrorCard report={run.error} onDismiss={cancelSignIn} />
          </RemedyContext>
        )}
        <FieldHelp help={help} issue={issue} />
      </FieldBody>
    </div>
  );
}

interface PageProps {
  readonly url: string;
  readonly code?: string | undefined;
  readonly opened: boolean;
}

/** The page to go on at, and what to compare there. */
const Page = ({ url, code, opened }: PageProps) => (
  <div className="flex flex-col gap-1.5 rounded-md border border-line bg-sunken px-2.5 py-2 text-xs">
    {opened ? (
      <p className="text-text-2">
        The page of {new URL(url).host} has been opened in your browser. Sign in there.
      </p>
    ) : (
      <ExternalLink href={url}>{`Open the sign-in page of ${new URL(url).host}`}</ExternalLink>
    )}
    {code === undefined ? null : (
      <p className="text-text-2">
        Go on only if the page shows this code: <span className="font-mono text-text">{code}</span>
      </p>
    )}
  </div>
);
