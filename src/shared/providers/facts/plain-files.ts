import { platformLimits } from '../../model/platform-limits';
import type { ProviderFacts } from '../descriptor';

export const plainFilesFacts: ProviderFacts = {
  id: 'plain-files',
  label: 'Plain files',
  group: 'computer',
  icon: 'files',
  summary: 'JSON files for development. They are not encrypted.',
  traits: {
    place: 'computer',
    item: 'file',
    layouts: ['object'],
    limits: platformLimits,
    numbers: 'exact',
    ownership: 'computer',
    staleWrites: 'compared',
    recovery: { gone: 'The file is deleted permanently.' },
    withoutVersions:
      'A file keeps only its newest content. HashiCorp Vault with KV version 2 and the stores of AWS, Google and Azure also keep older versions.',
  },
  defaults: { folder: '', autoSync: true },
  fields: [
    {
      kind: 'text',
      name: 'folder',
      label: 'Folder',
      placeholder: '~/.config/shop/environments',
      help: 'Each environment is a JSON file in it. A folder that git would commit is refused.',
    },
    {
      kind: 'switch',
      name: 'autoSync',
      label: 'Auto Sync',
      help: 'Load the values when Strongroom starts.',
    },
  ],
};
