import { lockTimes } from '@shared/model/preferences';
import { isTyped, wordOf, type Protection } from '@shared/model/protection';
import { KeyRound, LockKeyhole, LockOpen, ShieldQuestion, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useFeature, useStores } from '@renderer/app/stores';
import { errorReport } from '@renderer/bridge';
import { Button } from '@renderer/components/button';
import { Card } from '@renderer/components/card';
import { SegmentedChoice } from '@renderer/components/choice';
import { Section } from '@renderer/components/page';
import { ProtectionForm, type Mode } from '../../security/protection-form';
import { UnlockForm } from '../../security/unlock-form';
import { TabBody } from '../tab-body';
import { ReplaceKeySection } from './replace-key-section';
import { SharingSection } from './sharing-section';
import { ValuesSection } from './values-section';

interface Standing {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly text: string;
}

function standing({ mode, locked, keychain }: Protection): Standing {
  if (locked) {
    return {
      icon: LockKeyhole,
      title: 'Locked',
      text: `Your credentials are encrypted with your ${wordOf(mode)}, which has not been entered yet.`,
    };
  }
  switch (mode) {
    case 'keychain':
      return {
        icon: KeyRound,
        title: `Encrypted, with the key in ${keychain.name}`,
        text: 'AES-256. The key is never stored in the data directory.',
      };
    case 'passphrase':
      return {
        icon: LockOpen,
        title: 'Encrypted with your passphrase, unlocked',
        text: 'AES-256. The passphrase is asked for at each start.',
      };
    case 'pin':
      return {
        icon: LockOpen,
        title: `Encrypted with ${keychain.name} and your PIN, unlocked`,
        text: 'AES-256. Both are needed at each start, and after Lock.',
      };
    case 'session':
      return {
        icon: LockOpen,
        title: 'Not stored, forgotten when you quit',
        text: 'Credentials and variables of this computer are only in memory. They are gone when Strongroom quits or is locked.',
      };
    case 'undecided':
      return {
        icon: ShieldQuestion,
        title: 'Nothing stored yet',
        text: keychain.available
          ? `Credentials will be encrypted with a key in ${keychain.name}.`
          : 'This computer has no keychain that Strongroom can use. You will be asked when you first save a credential, or can choose now.',
      };
  }
}

/** Without a keychain nothing is chosen for a person. */
const startingMode = ({ mode, keychain }: Protection): Mode | undefined => {
  if (mode !== 'undecided') return mode;
  return keychain.available ? 'keychain' : undefined;
};

export function SecurityTab() {
  const { security, announcements } = useStores();
  const { say } = announcements.getState();
  const protection = useFeature('security', (state) => state.protection);
  const [changing, setChanging] = useState<'protection' | 'key'>();
  const { icon: Icon, title, text } = standing(protection);
  const initial = startingMode(protection);

  const lock = async (): Promise<void> => {
    try {
      await security.getState().lock();
    } catch (error) {
      say(errorReport(error).message, 'bad');
    }
  };

  return (
    <TabBody>
      <Section title="Credentials">
        <div className="flex gap-3">
          <span className="flex size-9 shrink-0 items-center justify-center rounded-md border border-line bg-raised text-text-2">
            <Icon aria-hidden className="size-4.5" />
          </span>
          <div className="min-w-0">
            <p className="font-medium">{title}</p>
            <p className="text-text-2">{text}</p>
          </div>
        </div>
        {changing === 'key' ? (
          <StartOver
            onDone={() => {
              setChanging(undefined);
              say('Strongroom starts over with a new key.');
            }}
            onCancel={() => setChanging(undefined)}
          />
        ) : protection.locked ? (
          <UnlockForm onUnlocked={() => say('Unlocked.')}>
            <Button variant="quiet" onPress={() => setChanging('key')}>
              Start over…
            </Button>
          </UnlockForm>
        ) : changing === 'protection' ? (
          <ProtectionForm
            modes={['keychain', 'pin', 'passphrase', 'session']}
            {...(initial !== undefined && { initial })}
            submitLabel="Apply"
            onChosen={() => {
              setChanging(undefined);
              say('The protection of credentials was changed.');
            }}
            onKeyMissing={() => setChanging('key')}
          >
            <Button variant="quiet" onPress={() => setChanging(undefined)}>
              Cancel
            </Button>
          </ProtectionForm>
        ) : (
          <div>
            <Button onPress={() => setChanging('protection')}>
              {isTyped(protection.mode)
                ? `Change ${wordOf(protection.mode)} or protection`
                : 'Change protection'}
            </Button>
          </div>
        )}
      </Section>
      {isTyped(protection.mode) && !protection.locked ? <SharingSection /> : null}
      {(isTyped(protection.mode) || protection.mode === 'keychain') && !protection.locked ? (
        <ReplaceKeySection />
      ) : null}
      <Section title="Memory">
        <p className="max-w-prose text-text-2">
          Pulled values, logins to providers and the key stay in memory while Strongroom runs. Lock
          ends the process that has them, and starts another. Nothing changes on the server.
          {protection.mode === 'session'
            ? ' Credentials and variables of this computer are then lost.'
            : ''}
        </p>
        <div>
          <Button
            isDisabled={protection.locked}
            onPress={() => void lock()}
            icon={<LockKeyhole aria-hidden className="size-3.5" />}
          >
            Lock now
          </Button>
        </div>
        <LockByItself />
      </Section>
      <ValuesSection />
    </TabBody>
  );
}

function LockByItself() {
  const { preferences, info } = useStores();
  const minutes = useStore(preferences, (state) => state.lockAfterMinutes);
  const isSession = useFeature('security', (state) => state.protection.mode === 'session');
  const kept = isSession
    ? 'Not while everything is in memory only: credentials, variables of this computer and unsaved edits would be lost.'
    : 'Unsaved edits are kept, encrypted, and come back when you unlock.';
  return (
    <SegmentedChoice
      label="Lock automatically"
      help={
        info.host === 'desktop'
          ? `Locks after this time without a key or a click on this computer, and when it goes to sleep or its screen is locked. ${kept}`
          : `Locks after this time without a key or a click in this window. ${kept}`
      }
      value={String(minutes)}
      onChange={(value) => {
        const chosen = lockTimes.find((time) => String(time) === value);
        if (chosen !== undefined) preferences.getState().setLockAfterMinutes(chosen);
      }}
      options={lockTimes.map((time) => ({
        value: String(time),
        label: time === 0 ? 'Never' : `${String(time)} minutes`,
      }))}
      stacked
    />
  );
}

/** For a forgotten passphrase, or a key that is gone from the keychain. */
const StartOver = ({
  onDone,
  onCancel,
}: {
  readonly onDone: () => void;
  readonly onCancel: () => void;
}) => (
  <Card tone="warn" title="Start over with a new key?" live>
    <p className="max-w-prose pb-2 text-text-2">
      The old key is given up. You enter the credentials of your providers again. Variables of this
      computer and the local vault can no longer be read. Synced environments are safe at their
      providers. A copy of the key file stays in the data directory, in case you find the old key.
    </p>
    <ProtectionForm
      modes={['keychain', 'pin', 'passphrase', 'session']}
      submitLabel="Give up the old key"
      isStartingOver
      onChosen={onDone}
    >
      <Button variant="quiet" onPress={onCancel}>
        Cancel
      </Button>
    </ProtectionForm>
  </Card>
);
