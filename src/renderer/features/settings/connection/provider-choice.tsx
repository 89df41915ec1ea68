import { providerDescriptors } from '@shared/providers';
import {
  providerGroups,
  providerIds,
  type ProviderDescriptor,
  type ProviderGroup,
  type ProviderId,
} from '@shared/providers/descriptor';
import {
  Cloud,
  FileJson,
  FolderTree,
  KeyRound,
  Laptop,
  Vault,
  type LucideIcon,
} from 'lucide-react';
import { SearchableChoice } from '@renderer/components/searchable-choice';

const icons: Readonly<Record<ProviderDescriptor['icon'], LucideIcon>> = {
  cloud: Cloud,
  computer: Laptop,
  files: FileJson,
  folders: FolderTree,
  key: KeyRound,
  vault: Vault,
};

const titles: Readonly<Record<ProviderGroup, string>> = {
  cloud: 'Cloud',
  'self-hosted': 'Self-hosted',
  computer: 'This computer',
};

const groups = providerGroups.map((group) => ({
  title: titles[group],
  options: providerIds
    .map((id) => providerDescriptors[id])
    .filter((descriptor) => descriptor.group === group)
    .map(({ id, label, icon, summary }) => ({
      value: id,
      label,
      icon: icons[icon],
      description: summary,
    })),
}));

interface Props {
  readonly provider: ProviderId;
  readonly onChange: (provider: ProviderId) => void;
}

export const ProviderChoice = ({ provider, onChange }: Props) => (
  <SearchableChoice
    label="Provider"
    help={providerDescriptors[provider].summary}
    groups={groups}
    value={provider}
    onChange={(value) => {
      const chosen = providerIds.find((id) => id === value);
      if (chosen !== undefined) onChange(chosen);
    }}
  />
);
