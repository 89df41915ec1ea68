import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { cx } from '../lib/class-names';

interface Props {
  readonly label: string;
  /** The side of the edge on which the resized pane is. */
  readonly side?: 'left' | 'right';
  /** In CSS pixels, as of the last paint. */
  readonly width: number;
  /** What the width is at this moment, if `width` follows the layout late. */
  readonly measure?: () => number;
  readonly min: number;
  readonly max: number;
  readonly standard: number;
  readonly onChange: (px: number) => void;
}

const STEP = 16;

/** The edge between two panes: dragged, moved with arrow keys, and reset by a double click. */
export function PaneResizer({
  label,
  side = 'left',
  width,
  measure = () => width,
  min,
  max,
  standard,
  onChange,
}: Props) {
  const grip = useRef<number | undefined>(undefined);
  /** 1 if the pane grows to the right, -1 if it grows to the left. */
  const way = side === 'left' ? 1 : -1;

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = event.clientX - way * measure();
  };
  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    if (grip.current !== undefined) onChange(way * (event.clientX - grip.current));
  };
  const letGo = (): void => {
    grip.current = undefined;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Partial<Record<string, number>> = {
      ArrowLeft: measure() - way * STEP,
      ArrowRight: measure() + way * STEP,
      Home: min,
      End: max,
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    onChange(next);
  };

  return (
    // A focusable separator is a widget (WAI-ARIA, “window splitter”), which the rule does not know.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={letGo}
      onPointerCancel={letGo}
      onDoubleClick={() => onChange(standard)}
      onKeyDown={onKeyDown}
      className={cx(
        side === 'left' ? '-right-1' : '-left-1',
        'absolute inset-y-0 z-10 w-2 cursor-col-resize touch-none after:absolute after:inset-y-0 after:left-[3px] after:w-px after:transition-colors hover:after:bg-control focus-visible:outline-none focus-visible:after:w-0.5 focus-visible:after:bg-focus',
      )}
    />
  );
}
