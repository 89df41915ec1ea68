import { LockKeyhole } from 'lucide-react';
import { homeRoute } from '../../app/navigation';
import { useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { wordOf } from '@shared/model/protection';
import { Centred } from '../../components/page';
import { UnlockForm } from './unlock-form';

/** The first page if a passphrase protects the credentials. The rest of the app is accessible. */
export function UnlockScreen() {
  const { navigation, environments, preferences, security, workspaceId } = useStores();
  const leave = (): void => {
    // Whoever went to another page meanwhile stays there.
    const { route } = navigation.getState();
    if (route.screen !== 'unlock') return;
    const last = preferences.getState().lastEnvironments[workspaceId];
    navigation.getState().go(route.back ?? homeRoute(environments.getState().list, last));
  };
  return (
    <Centred
      level={1}
      icon={<LockKeyhole aria-hidden className="size-5" />}
      title="Unlock your credentials"
    >
      <p>
        They are encrypted with your {wordOf(security.getState().protection.mode)}. You can continue
        without it, but not pull or save.
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
