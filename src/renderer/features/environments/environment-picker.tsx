/** The choice of several environments, in a popover at a button. */
import type { Environment } from '@shared/model/environment';
import { Check, ChevronDown } from 'lucide-react';
import { useMemo, useState } from 'react';
import {
  Dialog,
  DialogTrigger,
  ListBox,
  ListBoxItem,
  ListLayout,
  Popover,
  Virtualizer,
} from 'react-aria-components';
import { Button } from '../../components/button';
import { SearchField } from '../../components/search-field';
import { plural } from '../../lib/format';
import { scaled } from '../../lib/rem';
import { searchEnvironments } from './store';

interface Props {
  /** What the environments are chosen for, such as “Environments to compare”. */
  readonly label: string;
  readonly list: readonly Environment[];
  /** The chosen ones, in their order. */
  readonly ids: readonly string[];
  readonly max: number;
  /** Environments that were chosen before keep their place; new ones come last. */
  readonly onChoose: (ids: readonly string[]) => void;
  /** For a page that opens it by another button too. */
  readonly isOpen?: boolean;
  readonly onOpenChange?: (isOpen: boolean) => void;
}

export function EnvironmentPicker({ isOpen, onOpenChange, ...props }: Props) {
  return (
    <DialogTrigger
      {...(isOpen !== undefined && { isOpen })}
      {...(onOpenChange && { onOpenChange })}
    >
      <Button>
        Environments
        <span className="text-text-2 tabular-nums">{props.ids.length}</span>
        <ChevronDown aria-hidden className="size-3.5 text-text-3" />
      </Button>
      <Popover
        // React Aria names the popover after its button. The dialog in it has a name, and the popover has no role.
        // oxlint-disable-next-line jsx-a11y/aria-proptypes
        aria-labelledby=""
        placement="bottom end"
        offset={4}
        className="flex w-72 flex-col rounded-lg border border-line-strong bg-panel shadow-overlay"
      >
        <Dialog aria-label={props.label} className="flex min-h-0 flex-col gap-2 p-2 outline-none">
          <Choices {...props} />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

const ROW = 28;
const ROWS_SHOWN = 10;

function Choices({ label, list, ids, max, onChoose }: Props) {
  const [search, setSearch] = useState('');
  const found = useMemo(() => searchEnvironments(list, search), [list, search]);
  const isFull = ids.length >= max;

  const choose = (keys: ReadonlySet<unknown>): void => {
    const kept = ids.filter((id) => keys.has(id));
    const added = list.map(({ id }) => id).filter((id) => keys.has(id) && !ids.includes(id));
    onChoose([...kept, ...added].slice(0, max));
  };

  return (
    <>
      <SearchField
        label="Find environments"
        placeholder="Find"
        value={search}
        onChange={setSearch}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- opened to choose
        autoFocus
      />
      <Virtualizer layout={ListLayout} layoutOptions={{ rowSize: scaled(ROW) }}>
        <ListBox
          aria-label={label}
          items={found}
          selectionMode="multiple"
          // Escape closes the picker and undoes nothing.
          escapeKeyBehavior="none"
          selectedKeys={ids}
          onSelectionChange={(keys) => {
            if (keys !== 'all') choose(keys);
          }}
          {...(isFull && {
            disabledKeys: list.flatMap(({ id }) => (ids.includes(id) ? [] : [id])),
          })}
          renderEmptyState={() => (
            <p className="px-2 py-1 text-text-2">Nothing matches. Esc clears the search.</p>
          )}
          className="overflow-auto outline-none"
          style={{ height: scaled(ROW) * Math.min(ROWS_SHOWN, Math.max(1, found.length)) }}
        >
          {({ id, name }) => (
            <ListBoxItem
              id={id}
              textValue={name}
              className="flex h-full cursor-default items-center gap-2 rounded-sm px-2 data-disabled:opacity-50 data-focus-visible:-outline-offset-2 data-hovered:bg-hover"
            >
              {({ isSelected }) => (
                <>
                  <span className="flex size-4 shrink-0 items-center justify-center rounded-xs border border-control">
                    {isSelected ? <Check aria-hidden className="size-3" /> : null}
                  </span>
                  <span className="min-w-0 truncate" title={name}>
                    {name}
                  </span>
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Virtualizer>
      <p className="px-1 text-xs text-text-2">
        {isFull ? `At most ${String(max)}.` : `${plural(ids.length, 'environment')} chosen.`}
      </p>
    </>
  );
}
