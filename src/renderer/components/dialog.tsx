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
  readonly size?: 'sm' | 'md' | 'lg';
}

const sizes = { sm: 'max-w-105', md: 'max-w-150', lg: 'max-w-220' } as const;

/**
 * A modal dialog, only for what would be destroyed or must be decided. It is never higher than the window:
 * what is between the title and the buttons scrolls.
 */
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
      className="fixed inset-x-0 top-(--covered-top) bottom-0 z-40 flex items-start justify-center bg-scrim px-5 pt-[clamp(1rem,12vh-2rem,6rem)] pb-4"
    >
      <Modal
        className={cx(
          'flex max-h-full w-full flex-col rounded-lg border border-line-strong bg-panel shadow-overlay outline-none',
          sizes[size],
        )}
      >
        <AriaDialog role={role} className="flex min-h-0 flex-col gap-3 py-4 outline-none">
          <Heading slot="title" className="px-4 text-lg font-semibold text-balance">
            {title}
          </Heading>
          <div className="scroll-edges flex min-h-0 flex-col gap-3 overflow-auto px-4 py-0.5">
            {children}
          </div>
          {actions === undefined ? null : (
            <div className="mt-1 flex flex-wrap justify-end gap-2 px-4">{actions}</div>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
