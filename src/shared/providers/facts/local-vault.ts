import type { FormValues } from '../../model/form-values';
import type { Workspace } from '../../model/workspace';
import type { ProviderFacts } from '../descriptor';

/**
 * The folder of the first workspace, and of all workspaces that were created before workspaces had folders.
 * No other folder can have this name.
 */
export const FIRST_FOLDER = '/';

/** The folder that a workspace uses: the one that the settings name, or else its own. */
export const folderFor = (
  { folder }: FormValues,
  { localFolder }: Pick<Workspace, 'localFolder'>,
): string => (typeof folder === 'string' && folder.trim() !== '' ? folder.trim() : localFolder);

export const localVaultFacts: ProviderFacts = {
  id: 'local-vault',
  label: 'Local vault',
  group: 'computer',
  icon: 'computer',
  summary: 'An encrypted file on this computer, without a server.',
  traits: {
    place: 'computer',
    item: 'secret',
    layouts: ['object'],
    numbers: 'exact',
    ownership: 'store',
    staleWrites: 'refused',
    recovery: { kept: 'The local vault keeps it in its bin for 30 days.' },
    withoutVersions:
      'The local vault keeps only the newest values. HashiCorp Vault with KV version 2 and AWS Secrets Manager also keep older ones.',
  },
  defaults: { autoSync: true, folder: '' },
  valuesFor: (values, workspace) => ({ ...values, folder: folderFor(values, workspace) }),
  fields: [
    {
      kind: 'text',
      name: 'folder',
      label: 'Folder',
      optional: true,
      placeholder: 'The workspace’s own',
      help: 'Leave empty to give each workspace its own folder. Workspaces that name the same folder share its secrets.',
    },
    {
      kind: 'switch',
      name: 'autoSync',
      label: 'Auto Sync',
      help: 'Load the values when Strongroom starts.',
    },
  ],
};
