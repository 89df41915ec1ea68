import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { cx } from '../lib/class-names';

interface SheetProps {
  readonly title: string;
  /** The files of `components/` that the sheet shows; a test compares them with the folder. */
  readonly files: readonly string[];
  readonly children: ReactNode;
}

export const Sheet = ({ title, files, children }: SheetProps) => (
  <section
    aria-label={title}
    data-files={files.join(' ')}
    className="flex flex-col gap-3 border-t border-line pt-4"
  >
    <h2 className="text-lg font-semibold">{title}</h2>
    <div className="flex flex-wrap items-start gap-4">{children}</div>
  </section>
);

interface SpecimenProps {
  readonly name: string;
  /** A fixed width, for components that fill the available width. */
  readonly size?: 'own' | 'field' | 'page';
  readonly children: ReactNode;
}

const sizes = { own: '', field: 'w-96 max-w-full', page: 'w-full' } as const;

/** One component in one state. */
export const Specimen = ({ name, size = 'own', children }: SpecimenProps) => (
  <figure data-specimen={name} className={cx('flex min-w-0 flex-col gap-1.5', sizes[size])}>
    <div
      className={cx('flex min-h-8 min-w-0 flex-col justify-center', size !== 'own' && '@container')}
    >
      {size === 'own' ? (
        <div className="flex w-max max-w-full items-center">{children}</div>
      ) : (
        children
      )}
    </div>
    <figcaption className="text-2xs text-text-3">{name}</figcaption>
  </figure>
);

/** The attributes by which React Aria Components marks states. */
const marks = {
  hover: ['data-hovered'],
  pressed: ['data-hovered', 'data-pressed'],
  focus: ['data-focused', 'data-focus-visible'],
} as const;

type Forced = keyof typeof marks;

interface StateProps {
  readonly state: Forced;
  /** The element in the state; by default the first control. */
  readonly on?: string;
  readonly children: ReactNode;
}

/** Holds a state that otherwise comes and goes with the pointer or the keyboard. */
export function Held({ state, on = 'button, a, label', children }: StateProps) {
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = frame.current?.querySelector(on);
    for (const mark of marks[state]) element?.setAttribute(mark, 'true');
  }, [state, on]);
  return (
    <div ref={frame} className="contents">
      {children}
    </div>
  );
}

export const forcedStates = ['hover', 'pressed', 'focus'] as const satisfies readonly Forced[];
