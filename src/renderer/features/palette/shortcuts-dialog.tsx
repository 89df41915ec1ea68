import {
  commandEntry,
  commandGroups,
  commandIds,
  commandTable,
  type CommandGroup,
} from '../../app/commands';
import { shortcutKeys } from '../../app/shortcuts';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';

/** Every shortcut there is, whether or not it does something right now. */
export function ShortcutsDialog() {
  const { palette } = useStores();
  const open = useFeature('palette', (state) => state.shortcuts);
  const close = (): void => palette.getState().showShortcuts(false);
  return (
    <Dialog
      title={commandTable.shortcuts.title}
      size="md"
      isOpen={open}
      onClose={close}
      actions={<Button onPress={close}>Close</Button>}
    >
      <div className="columns-1 gap-8 sm:columns-2">
        {commandGroups.map((group) => (
          <Group key={group} group={group} />
        ))}
      </div>
    </Dialog>
  );
}

function Group({ group }: { readonly group: CommandGroup }) {
  const commands = commandIds
    .map(commandEntry)
    .filter((entry) => entry.group === group && entry.shortcut !== undefined);
  if (commands.length === 0) return null;
  return (
    <section aria-label={group} className="mb-4 break-inside-avoid">
      <h3 className="caps pb-1 text-text-3">{group}</h3>
      <dl>
        {commands.map(({ title, shortcut = '' }) => (
          <div key={title} className="flex items-center justify-between gap-3 py-0.75">
            <dt className="min-w-0 truncate">{title}</dt>
            <dd className="flex shrink-0 gap-1">
              {shortcutKeys(shortcut).map((key) => (
                <kbd
                  key={key}
                  className="min-w-5.5 rounded-xs border border-line-strong bg-raised px-1.5 text-center font-sans text-2xs text-text-2"
                >
                  {key}
                </kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
