/** The mark of an environment that a declared set-up owns. */
import { FileCode } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { Hint } from './hint';

interface Props {
  /** The name of the configuration. */
  readonly owner: string;
  /** Opens the guide. */
  readonly onPress: () => void;
}

export const ownerText = (owner: string): string => `owned by the configuration ${owner}`;

/** In the list of environments: an icon, with its meaning as a tooltip. */
export const OwnerIcon = ({ owner }: Pick<Props, 'owner'>) => (
  <span title={`This environment is ${ownerText(owner)}.`} className="flex shrink-0">
    <FileCode aria-hidden className="size-3 text-text-2" />
    <span className="sr-only">{ownerText(owner)}</span>
  </span>
);

/** On a page. */
export const OwnerMark = ({ owner, onPress }: Props) => (
  <Hint
    text={`The configuration “${owner}” owns this environment: “strongroom apply” writes it. Before you change it here, Strongroom asks whether to release it.`}
  >
    <AriaButton
      onPress={onPress}
      className="my-px inline-flex h-5 max-w-60 min-w-0 cursor-default items-center gap-1 rounded-xs bg-sunken px-1.5 text-2xs text-text-2 data-hovered:text-text"
    >
      <FileCode aria-hidden className="size-3 shrink-0" />
      <span className="min-w-0 truncate">owned by {owner}</span>
    </AriaButton>
  </Hint>
);
