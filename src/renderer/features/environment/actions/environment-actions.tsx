/** The menu “⋯” of an environment, and the commands of the same names. */
import type { Environment } from '@shared/model/environment';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { MenuTrigger } from 'react-aria-components';
import { useCommand } from '@renderer/app/use-command';
import { useStores } from '@renderer/app/stores';
import { IconButton } from '@renderer/components/button';
import { useCopyLink } from '../use-copy-link';
import type { EnvironmentDialog } from './dialogs';
import { EnvironmentMenu } from './environment-menu';
import { laterComponent } from '@renderer/lib/later';

const EnvironmentDialogs = laterComponent(
  async () => (await import('./dialogs')).EnvironmentDialogs,
);

export function EnvironmentActions({ environment }: { readonly environment: Environment }) {
  const { navigation, preferences, workspaceId } = useStores();
  const { id, name, synced } = environment;
  const copyLink = useCopyLink();
  const [dialog, setDialog] = useState<EnvironmentDialog>();
  const ask = (what: EnvironmentDialog['what']) => (): void => setDialog({ what, environment });

  useCommand('rename', ask('rename'));
  useCommand('duplicate', ask('duplicate'));
  useCommand('delete', ask('delete'));
  useCommand('environment-settings', ask('settings'));
  useCommand('copy-link', () => void copyLink(name));
  useCommand('favourite', () => preferences.getState().toggleFavourite(workspaceId, id));
  useCommand(
    'history',
    synced ? () => navigation.getState().go({ screen: 'history', id }) : undefined,
  );
  useCommand(
    'migrate',
    synced ? () => navigation.getState().go({ screen: 'migrate', id }) : undefined,
  );

  return (
    <>
      <MenuTrigger>
        <IconButton label="More actions">
          <Ellipsis aria-hidden className="size-4" />
        </IconButton>
        <EnvironmentMenu environment={environment} onDialog={setDialog} />
      </MenuTrigger>
      {dialog === undefined ? null : (
        <EnvironmentDialogs open={dialog} onClose={() => setDialog(undefined)} />
      )}
    </>
  );
}
