import type { FieldDescriptor } from '@shared/providers/descriptor';
import { Check, Trash2 } from 'lucide-react';
import { useId } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { Group } from 'react-aria-components';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { FieldBody, FieldHelp, fieldLabel, fieldRow } from '@renderer/components/field';
import { PasswordField } from '@renderer/components/text-field';
import { credentialInForm, whyAgain } from './store';
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

  if (draft === undefined || draft.state === 'typed') {
    const replaces = draft?.replaces === true;
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
        {...(replaces && {
          action: (
            <Button
              variant="quiet"
              size="sm"
              aria-label={`Keep stored ${label}`}
              onPress={() => setCredential(name, { state: 'saved' })}
            >
              Keep stored
            </Button>
          ),
        })}
      />
    );
  }

  const removed = draft.state === 'removed';
  return (
    <StoredCredential label={label} help={help} issue={issue} removed={removed}>
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
  readonly removed: boolean;
  readonly children: React.ReactNode;
}

function StoredCredential({ label, help, issue, removed, children }: StoredProps) {
  const labelId = useId();
  const Icon = removed ? Trash2 : Check;
  const kept = useFeature('security', ({ protection }) =>
    protection.mode === 'session' ? 'Saved for this session' : 'Saved, encrypted',
  );
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
          <Icon aria-hidden className={removed ? 'size-3.5 text-warn' : 'size-3.5 text-good'} />
          <span className="ml-1.5 min-w-0 flex-1 truncate text-text-2">
            {removed ? 'Removed when you save' : kept}
          </span>
          {children}
        </Group>
        <FieldHelp help={help} issue={issue} />
      </FieldBody>
    </div>
  );
}
