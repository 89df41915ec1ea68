import { useRef, type ReactNode } from 'react';
import { useBottomBar } from '../lib/bottom-bars';
import { cx } from '../lib/class-names';
import { Mark } from './mark';

interface CentredProps {
  readonly icon?: ReactNode;
  /** Shows Strongroom's mark at the top. */
  readonly mark?: boolean;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly level?: 1 | 2;
}

/** A page or pane with little content: a title, a text and the next steps. */
export function Centred({ icon, mark = false, title, children, actions, level = 2 }: CentredProps) {
  const Title = level === 1 ? 'h1' : 'h2';
  return (
    <div className="flex h-full min-h-0 flex-1 flex-col items-center overflow-auto px-6 py-10">
      <div className="m-auto flex w-full max-w-md flex-col items-center gap-2 text-center">
        {mark ? <Mark className="mb-2 size-11" /> : null}
        {icon === undefined ? null : (
          <div className="mb-2 flex size-11 items-center justify-center rounded-lg border border-line bg-raised text-text-2">
            {icon}
          </div>
        )}
        <Title className="text-lg font-semibold text-balance">{title}</Title>
        {children === undefined ? null : (
          <div className="flex flex-col gap-2 text-balance text-text-2">{children}</div>
        )}
        {actions === undefined ? null : (
          <div className="mt-3 flex flex-wrap justify-center gap-2">{actions}</div>
        )}
      </div>
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly children: ReactNode;
  readonly note?: ReactNode;
  readonly className?: string;
}

export const Section = ({ title, children, note, className }: SectionProps) => (
  <section aria-label={title} className={cx('flex flex-col gap-3', className)}>
    <div className="flex items-baseline justify-between gap-3">
      <h2 className="shrink-0 font-semibold">{title}</h2>
      {note}
    </div>
    {children}
  </section>
);

interface PageHeaderProps {
  readonly title: string;
  /** Shown at the right of the title. */
  readonly actions?: ReactNode;
  /** The button in the corner, which stays there where the actions go below the title. */
  readonly help?: ReactNode;
  /** One line under the title. */
  readonly children?: ReactNode;
}

/** The header of a page that is not a tab. */
export const PageHeader = ({ title, actions, help, children }: PageHeaderProps) => (
  <header className="@container flex flex-col gap-0.5 border-b border-line px-5 py-3">
    <div className="flex items-start gap-x-3 gap-y-1.5 @max-md:flex-wrap">
      {/* The actions go below a title that would be cut beside them, and have the whole width in a narrow window. */}
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 gap-y-1.5 @max-md:contents">
        <h1
          className="line-clamp-2 max-w-full min-w-0 flex-auto text-xl/7 font-semibold wrap-anywhere @max-md:flex-1"
          title={title}
        >
          {title}
        </h1>
        {actions === undefined ? null : (
          <div className="ml-auto flex flex-wrap items-center justify-end gap-x-3 gap-y-1.5 empty:hidden @max-md:order-last @max-md:basis-full">
            {actions}
          </div>
        )}
      </div>
      {help}
    </div>
    {children === undefined ? null : <p className="text-text-2">{children}</p>}
  </header>
);

/** The actions of a page, always in sight. */
export function ActionBar({ children }: { readonly children: ReactNode }) {
  const bar = useRef<HTMLElement>(null);
  useBottomBar(bar);
  return (
    <footer
      ref={bar}
      className="flex min-h-12 flex-wrap items-center gap-2 border-t border-line bg-raised px-5 py-2"
    >
      {children}
    </footer>
  );
}
