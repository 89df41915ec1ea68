import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { useCommand } from '../../app/use-command';
import { useFeature, useStores } from '../../app/stores';
import { laterComponent } from '../../lib/later';

const Finder = laterComponent(async () => (await import('./finder')).Finder);

export function Palette() {
  const { palette } = useStores();
  const open = useFeature('palette', (state) => state.open);
  const { show, showShortcuts } = palette.getState();
  const some = useFeature('environments', ({ list }) => list.length > 0);
  useCommand('palette', () => show('everything'));
  useCommand('go-to-environment', some ? () => show('environments') : undefined);
  useCommand('shortcuts', () => showShortcuts(true));

  return (
    <ModalOverlay
      isOpen={open !== undefined}
      onOpenChange={(isOpen) => {
        if (!isOpen) show(undefined);
      }}
      isDismissable
      className="fixed inset-x-0 top-(--covered-top) bottom-0 z-40 flex items-start justify-center bg-scrim px-5 pt-[10vh] pb-5"
    >
      <Modal className="flex max-h-full w-full max-w-150 flex-col overflow-hidden rounded-lg border border-line-strong bg-panel shadow-overlay">
        <Dialog aria-label="Command palette" className="flex min-h-0 flex-col outline-none">
          {open === undefined ? null : <Finder what={open} />}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
