import { Dialog, Modal, ModalOverlay } from 'react-aria-components';
import { Finder } from './finder';

interface Props {
  readonly what: Parameters<typeof Finder>[0]['what'];
  readonly onClose: () => void;
}

/** The palette over the window. */
export const PaletteDialog = ({ what, onClose }: Props) => (
  <ModalOverlay
    isOpen
    onOpenChange={onClose}
    isDismissable
    className="fixed inset-x-0 top-(--covered-top) bottom-0 z-40 flex items-start justify-center bg-scrim px-5 pt-[10vh] pb-5"
  >
    <Modal className="flex max-h-full w-full max-w-150 flex-col overflow-hidden rounded-lg border border-line-strong bg-panel shadow-overlay">
      <Dialog aria-label="Command palette" className="flex min-h-0 flex-col outline-none">
        <Finder what={what} />
      </Dialog>
    </Modal>
  </ModalOverlay>
);
