import { LockKeyhole } from 'lucide-react';
import { homeRoute } from '../../app/navigation';
import { useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Centred } from '../../components/page';
import { UnlockForm } from './unlock-form';

/** The first page where credentials are protected by a passphrase. The rest of the app is not barred. */
export function UnlockScreen() {
  const { navigation, environments, preferences, workspaceId } = useStores();
  const leave = (): void => {
    const last = preferences.getState().lastEnvironments[workspaceId];
    navigation.getState().go(homeRoute(environments.getState().list, last));
  };
  return (
    <Centred
      level={1}
      icon={<LockKeyhole aria-hidden className="size-5" />}
      title="Unlock your credentials"
    >
      <p>
        They are encrypted with your passphrase. Without it everything that needs no provider works.
      </p>
      <div className="mt-3 flex justify-center">
        <UnlockForm takesFocus onUnlocked={leave}>
          <Button variant="quiet" onPress={leave}>
            Continue without
          </Button>
        </UnlockForm>
      </div>
    </Centred>
  );
}
