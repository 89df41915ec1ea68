import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { cx } from '../lib/class-names';

interface Props {
  readonly isOpen: boolean;
  /** Called on Escape, and on a click outside if nothing can be lost by it. */
  readonly onClose: () => void;
  readonly title: string;
  readonly children: ReactNode;
  /** The buttons; the one that goes on is last. */
  readonly actions?: ReactNode;
  /** `alertdialog` is for decisions: only Escape and the buttons close it. */
  readonly role?: 'dialog' | 'alertdialog';
  readonly size?: 'sm' | 'md';
}

const sizes = { sm: 'max-w-105', md: 'max-w-150' } as const;

/** A modal dialog, only for what would be destroyed or must be decided. */
export function Dialog({
  isOpen,
  onClose,
  title,
  children,
  actions,
  role = 'dialog',
  size = 'sm',
}: Props) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable={role === 'dialog'}
      className="fixed inset-0 z-40 flex items-start justify-center overflow-auto bg-scrim px-5 pt-[12vh] pb-5"
    >
      <Modal
        className={cx(
          'w-full rounded-lg border border-line-strong bg-panel shadow-overlay outline-none',
          sizes[size],
        )}
      >
        <AriaDialog role={role} className="flex flex-col gap-3 p-4 outline-none">
          <Heading slot="title" className="text-lg font-semibold text-balance">
            {title}
          </Heading>
          {children}
          {actions === undefined ? null : (
            <div className="mt-1 flex flex-wrap justify-end gap-2">{actions}</div>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
