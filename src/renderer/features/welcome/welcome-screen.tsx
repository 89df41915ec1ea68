import { useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Centred } from '../../components/page';

/** The main pane while there is no environment. */
export function WelcomeScreen() {
  const { navigation } = useStores();
  return (
    <Centred
      level={1}
      mark
      title="The variables of your environments, with the values in your secrets manager"
      actions={
        <Button
          variant="primary"
          onPress={() => navigation.getState().go({ screen: 'settings', tab: 'vault' })}
        >
          Set up a provider
        </Button>
      }
    >
      <p>
        Connect HashiCorp Vault or AWS Secrets Manager, or use the local vault on this computer.
        Test Connection checks it; Pull All makes an environment of each secret that is there.
      </p>
      <p>What comes from a provider stays in memory. The local vault is one encrypted file.</p>
    </Centred>
  );
}
