import {
  commandEntry,
  commandGroups,
  commandIds,
  commandTable,
  type CommandGroup,
} from '@shared/commands';
import { shortcutKeys } from '../../app/shortcuts';
import { useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { gridKeys } from '../environment/grid-keys';

/** In a low window the list scrolls, and nothing in it takes the focus. */
const scrolledByKeys = { tabIndex: 0, role: 'group', 'aria-label': 'Shortcuts' } as const;

/** All shortcuts, including those whose command is not available now. */
export function ShortcutsDialog() {
  const { palette } = useStores();
  const close = (): void => palette.getState().showShortcuts(false);
  return (
    <Dialog
      title={commandTable.shortcuts.title}
      size="lg"
      isOpen
      onClose={close}
      actions={<Button onPress={close}>Close</Button>}
    >
      <div className="columns-1 gap-8 sm:columns-2 lg:columns-3" {...scrolledByKeys}>
        {commandGroups.map((group) => (
          <Group key={group} title={group} entries={entriesOf(group)} />
        ))}
        <Group title="In the grid of variables" entries={gridKeys} />
      </div>
    </Dialog>
  );
}

interface Entry {
  readonly title: string;
  readonly shortcuts: readonly string[];
}

const entriesOf = (group: CommandGroup): readonly Entry[] =>
  commandIds
    .map(commandEntry)
    .flatMap((entry) =>
      entry.group === group && entry.shortcut !== undefined
        ? { title: entry.title, shortcuts: [entry.shortcut] }
        : [],
    );

function Group({ title, entries }: { readonly title: string; readonly entries: readonly Entry[] }) {
  if (entries.length === 0) return null;
  return (
    <section aria-label={title} className="mb-4 break-inside-avoid">
      <h3 className="caps pb-1 text-text-3">{title}</h3>
      <dl>
        {entries.map((entry) => (
          <div key={entry.title} className="flex items-center justify-between gap-3 py-0.75">
            <dt className="min-w-0">{entry.title}</dt>
            <dd className="flex shrink-0 gap-2">
              {entry.shortcuts.map((shortcut) => (
                <Keys key={shortcut} shortcut={shortcut} />
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const Keys = ({ shortcut }: { readonly shortcut: string }) => (
  <span className="flex gap-1">
    {shortcutKeys(shortcut).map((key) => (
      <kbd
        key={key}
        className="min-w-5.5 rounded-xs border border-line-strong bg-raised px-1.5 text-center font-sans text-2xs text-text-2"
      >
        {key}
      </kbd>
    ))}
  </span>
);
