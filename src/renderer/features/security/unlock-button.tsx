import { useStores } from '../../app/stores';
import { Button } from '../../components/button';

/** Leads to the page that asks for the passphrase, and from there back to this one. */
export function UnlockButton() {
  const { navigation } = useStores();
  return (
    <Button
      variant="primary"
      onPress={() => {
        const { route, go } = navigation.getState();
        go({ screen: 'unlock', back: route });
      }}
    >
      Unlock
    </Button>
  );
}
