/** The menu “⋯” of an environment, and the commands of the same names. */
import type { Environment } from '@shared/model/environment';
import { Ellipsis } from 'lucide-react';
import { MenuTrigger } from 'react-aria-components';
import { useCommand } from '@renderer/app/use-command';
import { useStores } from '@renderer/app/stores';
import { IconButton } from '@renderer/components/button';
import { useCopyLink } from '../use-copy-link';
import type { EnvironmentDialog } from '../../environments/store';
import { EnvironmentMenu } from './environment-menu';

export function EnvironmentActions({ environment }: { readonly environment: Environment }) {
  const { environments, navigation, preferences, workspaceId } = useStores();
  const { id, name, synced } = environment;
  const copyLink = useCopyLink();
  const { openDialog } = environments.getState();
  const ask = (what: EnvironmentDialog['what']) => (): void => openDialog({ what, environment });

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
    <MenuTrigger>
      <IconButton label="More actions">
        <Ellipsis aria-hidden className="size-4" />
      </IconButton>
      <EnvironmentMenu environment={environment} onDialog={openDialog} />
    </MenuTrigger>
  );
}
