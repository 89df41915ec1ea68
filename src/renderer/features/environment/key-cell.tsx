import { CircleAlert, Minus, Pencil, Plus, TriangleAlert, type LucideIcon } from 'lucide-react';
import { memo } from 'react';
import { useFeature } from '../../app/stores';
import { cx } from '../../lib/class-names';
import type { Row } from './draft';
import { useGrid } from './grid-context';
import { useEditingAnchor } from './use-editing-anchor';

const marks = {
  added: { icon: Plus, text: 'text-good', bar: 'bg-good' },
  changed: { icon: Pencil, text: 'text-brass', bar: 'bg-brass-fill' },
  removed: { icon: Minus, text: 'text-bad', bar: 'bg-bad' },
} as const satisfies Record<string, { icon: LucideIcon; text: string; bar: string }>;

/** A key that is too long for its column is truncated until its value is revealed. */
export const KeyCell = memo(function KeyCell({ row }: { readonly row: Row }) {
  const revealed = useFeature('environment', (state) => state.revealed.has(row.id));
  const anchor = useEditingAnchor(row, 'key');
  const issue = useGrid().issues.get(row.id);
  const isOut = row.change === 'removed' || row.variable.disabled === true;
  return (
    <>
      <ChangeMark change={row.change} />
      <span
        ref={anchor}
        title={row.key}
        className={cx(
          'min-w-0 flex-1 font-mono text-xs leading-5 select-text',
          revealed ? 'break-all' : 'truncate',
          isOut && 'text-text-2 line-through',
        )}
      >
        {row.key === '' ? <span className="sr-only">no key</span> : row.key}
      </span>
      {issue === undefined ? null : issue.level === 'error' ? (
        <CircleAlert aria-hidden className="mt-0.75 ml-1.5 size-3.5 shrink-0 text-bad" />
      ) : (
        <TriangleAlert aria-hidden className="mt-0.75 ml-1.5 size-3.5 shrink-0 text-warn">
          <title>{issue.message}</title>
        </TriangleAlert>
      )}
    </>
  );
});

function ChangeMark({ change }: { readonly change: Row['change'] }) {
  if (change === 'none') return null;
  const { icon: Icon, text, bar } = marks[change];
  return (
    <>
      <span aria-hidden className={cx('absolute inset-y-0 left-0 w-0.75', bar)} />
      <Icon aria-hidden className={cx('absolute top-3 left-1.5 size-2.5', text)} />
    </>
  );
}
