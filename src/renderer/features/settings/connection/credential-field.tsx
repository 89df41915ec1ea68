import type { FieldDescriptor } from '@shared/providers/descriptor';
import { Check, FileKey, Trash2 } from 'lucide-react';
import { useId } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { Group } from 'react-aria-components';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { FieldBody, FieldHelp, fieldLabel, fieldRow } from '@renderer/components/field';
import { PasswordField } from '@renderer/components/text-field';
import { credentialInForm, takenFrom, whyAgain } from './store';
import { afterPress } from '@renderer/lib/after-press';

interface Props {
  readonly field: Extract<FieldDescriptor, { kind: 'credential' }>;
  readonly issue: string | undefined;
}

/** A stored credential can be replaced or removed, but never read. */
export function CredentialField({ field, issue }: Props) {
  const { connection } = useStores();
  const { setCredential, touch } = connection.getState();
  const { name, label, help, optional, placeholder } = field;
  const draft = useFeature(
    'connection',
    useShallow((state) => credentialInForm(state, name)),
  );
  const why = useFeature('connection', (state) => whyAgain(state, name));
  const kept = useFeature('security', ({ protection }) =>
    protection.mode === 'session' ? 'Saved for this session' : 'Saved, encrypted',
  );

  const offered = useFeature('connection', (state) => takenFrom(state, name));

  if (draft?.state === 'taken') {
    const { from, replaces } = draft;
    return (
      <StoredCredential label={label} help={help} issue={issue} state="taken" text={`From ${from}`}>
        <Button
          variant="quiet"
          size="sm"
          aria-label={`Type it instead: ${label}`}
          onPress={() => setCredential(name, { state: 'typed', text: '', replaces })}
        >
          Type it instead
        </Button>
      </StoredCredential>
    );
  }

  if (draft === undefined || draft.state === 'typed') {
    const replaces = draft?.replaces === true;
    const isEmpty = (draft?.text ?? '') === '';
    return (
      <PasswordField
        label={label}
        help={why ?? help}
        issue={issue === undefined ? undefined : (why ?? issue)}
        optional={optional}
        placeholder={replaces ? 'Enter the new one' : placeholder}
        value={draft?.text ?? ''}
        onChange={(text) => setCredential(name, { state: 'typed', text, replaces })}
        onBlur={() => afterPress(() => touch(name))}
        // A person pressed Replace to type here.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus={replaces && draft?.text === ''}
        action={
          <>
            {offered !== undefined && isEmpty ? (
              <Button
                variant="quiet"
                size="sm"
                aria-label={`Use ${offered} as ${label}`}
                onPress={() => setCredential(name, { state: 'taken', from: offered, replaces })}
              >
                Use {offered}
              </Button>
            ) : null}
            {replaces ? (
              <Button
                variant="quiet"
                size="sm"
                aria-label={`Keep stored ${label}`}
                onPress={() => setCredential(name, { state: 'saved' })}
              >
                Keep stored
              </Button>
            ) : null}
          </>
        }
      />
    );
  }

  const removed = draft.state === 'removed';
  return (
    <StoredCredential
      label={label}
      help={help}
      issue={issue}
      state={draft.state}
      text={removed ? 'Removed when you save' : kept}
    >
      {removed ? (
        <Button
          variant="quiet"
          size="sm"
          aria-label={`Keep stored ${label}`}
          onPress={() => setCredential(name, { state: 'saved' })}
        >
          Keep stored
        </Button>
      ) : (
        <>
          <Button
            variant="quiet"
            size="sm"
            aria-label={`Replace ${label}`}
            onPress={() => setCredential(name, { state: 'typed', text: '', replaces: true })}
          >
            Replace
          </Button>
          <Button
            variant="quiet"
            size="sm"
            aria-label={`Remove ${label}`}
            onPress={() => setCredential(name, { state: 'removed' })}
          >
            Remove
          </Button>
        </>
      )}
    </StoredCredential>
  );
}

interface StoredProps {
  readonly label: string;
  readonly help: string | undefined;
  readonly issue: string | undefined;
  readonly state: keyof typeof marks;
  readonly text: string;
  readonly children: React.ReactNode;
}

const marks = {
  saved: { icon: Check, className: 'size-3.5 text-good' },
  taken: { icon: FileKey, className: 'size-3.5 text-text-2' },
  removed: { icon: Trash2, className: 'size-3.5 text-warn' },
} as const;

function StoredCredential({ label, help, issue, state, text, children }: StoredProps) {
  const labelId = useId();
  const { icon: Icon, className } = marks[state];
  return (
    <div className={fieldRow}>
      <span id={labelId} className={fieldLabel}>
        {label}
      </span>
      <FieldBody>
        <Group
          aria-labelledby={labelId}
          className="flex h-7.5 items-center gap-0.5 rounded-md border border-line-strong bg-panel pr-0.5 pl-2.5"
        >
          <Icon aria-hidden className={className} />
          <span className="ml-1.5 min-w-0 flex-1 truncate text-text-2">{text}</span>
          {children}
        </Group>
        <FieldHelp help={help} issue={issue} />
      </FieldBody>
    </div>
  );
}
