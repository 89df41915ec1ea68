/** Says whether the settings are the global defaults or the workspace's own. */
import { useFeature, useStores } from '@renderer/app/stores';
import { Banner } from '@renderer/components/banner';
import { Button } from '@renderer/components/button';
import { commandTable } from '@shared/commands';

export function ScopeBanner() {
  const { connection } = useStores();
  const source = useFeature('connection', (state) => state.settings.source);
  const saving = useFeature('connection', (state) => state.saving);
  const { override, backToGlobal } = connection.getState();
  return source === 'global' ? (
    <Banner
      tone="info"
      action={
        <Button size="sm" isDisabled={saving} onPress={() => void override()}>
          {commandTable['override-configuration'].title}
        </Button>
      }
    >
      Inherited global defaults. Changes here apply to every workspace without its own
      configuration.
    </Banner>
  ) : (
    <Banner
      tone="info"
      action={
        <Button size="sm" isDisabled={saving} onPress={() => void backToGlobal()}>
          {commandTable['use-global-defaults'].title}
        </Button>
      }
    >
      This workspace has its own configuration.
    </Banner>
  );
}
