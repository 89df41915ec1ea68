/** Settings → Security: whether programs need the passphrase while the app is unlocked. */
import { useEffect, useState } from 'react';
import { wordOf } from '@shared/model/protection';
import { useFeature, useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { Button } from '@renderer/components/button';
import { OneFieldForm } from '@renderer/components/one-field-form';
import { Section } from '@renderer/components/page';
import { secretLabel, secretSchema } from '../../security/passphrase';

export function SharingSection() {
  const { client, announcements } = useStores();
  const mode = useFeature('security', ({ protection }) =>
    protection.mode === 'pin' ? 'pin' : 'passphrase',
  );
  const word = wordOf(mode);
  const [isShared, setShared] = useState<boolean>();
  const [isAsking, setAsking] = useState(false);
  const { say } = announcements.getState();

  useEffect(() => {
    let isShown = true;
    void client.security.sharing().then(
      ({ on }) => isShown && setShared(on),
      (error: unknown) => isShown && say(thrownLine(error), 'bad'),
    );
    return () => {
      isShown = false;
    };
  }, [client, say]);

  const stop = async (): Promise<void> => {
    try {
      setShared((await client.security.stopSharing()).on);
    } catch (error) {
      say(thrownLine(error), 'bad');
    }
  };

  if (isShared === undefined) return null;
  return (
    <Section title="Programs">
      <p className="max-w-prose text-text-2">
        {isShared
          ? `While Strongroom is unlocked, the command line and other programs of your user account need no ${word}.`
          : `The command line and other programs of your user account need the ${word}, even while Strongroom is unlocked.`}
      </p>
      {isShared ? (
        <div>
          <Button onPress={() => void stop()}>Ask programs for the {word}</Button>
        </div>
      ) : isAsking ? (
        <div className="w-full max-w-80">
          <OneFieldForm
            label={secretLabel[mode]}
            kind="password"
            schema={secretSchema(mode)}
            submitLabel="Share the unlock"
            onSubmit={async (passphrase) => {
              const { on } = await client.security.share({ passphrase });
              setShared(on);
              setAsking(false);
            }}
            issueOf={thrownLine}
            align="start"
            takesFocus
          >
            <Button variant="quiet" onPress={() => setAsking(false)}>
              Cancel
            </Button>
          </OneFieldForm>
        </div>
      ) : (
        <div>
          <Button onPress={() => setAsking(true)}>Share the unlock with programs…</Button>
        </div>
      )}
    </Section>
  );
}
