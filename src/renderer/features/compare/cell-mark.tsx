/** The relation of a value to the others of its row: a sign and a word. */
import type { ComparedCell } from '@shared/model/comparison';
import { CircleDashed, CircleHelp, Dot, Equal } from 'lucide-react';
import { cx } from '../../lib/class-names';
import type { CellWord } from './store';

/** Equal values of a row have the same letter. */
const letterOf = (group: number): string =>
  group < 26 ? String.fromCodePoint(65 + group) : String(group + 1);

export function CellMark({
  word,
  cell,
}: {
  readonly word: CellWord;
  readonly cell: ComparedCell | undefined;
}) {
  const title = `${word}${suffixOf(cell)}`;
  switch (word) {
    case 'not loaded':
      return (
        <Mark
          title={title}
          icon={<CircleHelp aria-hidden className="size-3.5 text-text-3" />}
          className="text-text-3"
        >
          not loaded
        </Mark>
      );
    case 'missing':
      return (
        <Mark
          title={title}
          icon={<CircleDashed aria-hidden className="size-3.5 text-warn" />}
          className="text-warn"
        >
          missing{suffixOf(cell)}
        </Mark>
      );
    case 'only here':
      return (
        <Mark
          title={title}
          icon={<Dot aria-hidden className="size-4 text-text-3" />}
          className="text-text-2"
        >
          only here
          <Disabled cell={cell} />
        </Mark>
      );
    case 'equal':
      return (
        <Mark
          title={title}
          icon={<Equal aria-hidden className="size-3.5 text-text-3" />}
          className="text-text-2"
        >
          equal
          <Disabled cell={cell} />
        </Mark>
      );
    case 'different': {
      const letter = cell?.state === 'present' ? letterOf(cell.group) : '';
      return (
        <Mark
          title={title}
          icon={
            <span
              aria-hidden
              className="flex size-4 items-center justify-center rounded-xs bg-info-wash font-mono text-2xs font-semibold text-info"
            >
              {letter}
            </span>
          }
          className="text-text"
        >
          different<span className="sr-only">, value {letter}</span>
          <Disabled cell={cell} />
        </Mark>
      );
    }
  }
}

/** The rest of the word, which a narrow column cuts. */
function suffixOf(cell: ComparedCell | undefined): string {
  if (cell?.state === 'missing' && cell.expected === true) return ', expected';
  return cell?.state === 'present' && cell.disabled === true ? ', disabled' : '';
}

const Mark = ({
  title,
  icon,
  className,
  children,
}: {
  readonly title: string;
  readonly icon: React.ReactNode;
  readonly className: string;
  readonly children: React.ReactNode;
}) => (
  <span className="flex min-w-0 items-center gap-1.5">
    <span className="flex w-4 shrink-0 justify-center">{icon}</span>
    <span title={title} className={cx('min-w-0 truncate', className)}>
      {children}
    </span>
  </span>
);

const Disabled = ({ cell }: { readonly cell: ComparedCell | undefined }) =>
  cell?.state === 'present' ? <span className="text-text-3">{suffixOf(cell)}</span> : null;
