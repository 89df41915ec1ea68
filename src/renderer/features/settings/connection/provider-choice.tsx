import { providerFacts } from '@shared/providers/facts';
import {
  providerGroups,
  providerIds,
  type ProviderFacts,
  type ProviderGroup,
  type ProviderId,
  type StaleWrites,
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

const icons: Readonly<Record<ProviderFacts['icon'], LucideIcon>> = {
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

const guarantees: Readonly<Record<StaleWrites, string>> = {
  refused: 'If somebody else saved first, your save is refused, and merged by key.',
  caught:
    'If somebody else saved first, your save is stopped before it takes effect, and merged by key.',
  detected:
    'If somebody else saves at the same time, Strongroom notices right after your save, and merges by key.',
  compared:
    'Strongroom compares before it saves. What somebody else saves in the same moment is lost.',
};

/** What the provider is, and what happens if two people save at once. */
function helpOf({ summary, traits }: ProviderFacts): string {
  return [summary, guarantees[traits.staleWrites], traits.staleWritesExcept]
    .filter((text) => text !== undefined)
    .join(' ');
}

const groups = providerGroups.map((group) => ({
  title: titles[group],
  options: providerIds
    .map((id) => providerFacts[id])
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
    help={helpOf(providerFacts[provider])}
    groups={groups}
    value={provider}
    onChange={(value) => {
      const chosen = providerIds.find((id) => id === value);
      if (chosen !== undefined) onChange(chosen);
    }}
  />
);
