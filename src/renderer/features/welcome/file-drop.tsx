import { useState, type DragEvent, type ReactNode } from 'react';

interface Props {
  /** Called with the first of the dropped files. */
  readonly onFile: (file: File) => void;
  readonly className?: string;
  readonly children: ReactNode;
}

const holdsFile = ({ dataTransfer }: DragEvent): boolean => dataTransfer.types.includes('Files');

/**
 * Takes a dropped file. It is only for pointers, and no tab stop: a button in it chooses a file. It has
 * `data-drop-target` while a file is over it.
 */
export function FileDrop({ onFile, className, children }: Props) {
  const [isOver, setIsOver] = useState(false);
  return (
    <div
      role="presentation"
      data-drop-target={isOver || undefined}
      onDragOver={(event) => {
        if (!holdsFile(event)) return;
        // Without this, the browser refuses the drop.
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        setIsOver(true);
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        const isInside = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
        if (!isInside) setIsOver(false);
      }}
      onDrop={(event) => {
        setIsOver(false);
        const [file] = event.dataTransfer.files;
        if (file === undefined) return;
        event.preventDefault();
        onFile(file);
      }}
      className={className}
    >
      {children}
    </div>
  );
}
