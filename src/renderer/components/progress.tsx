import { ProgressBar } from 'react-aria-components';
import { cx } from '../lib/class-names';

interface Props {
  readonly label: string;
  /** Absent while the total is not known. */
  readonly value?: number | undefined;
  readonly max?: number | undefined;
  readonly valueLabel: string;
  readonly slim?: boolean;
}

export function Progress({ label, value, max = 1, valueLabel, slim = false }: Props) {
  const indeterminate = value === undefined;
  return (
    <ProgressBar
      aria-label={label}
      isIndeterminate={indeterminate}
      value={value ?? 0}
      maxValue={Math.max(max, 1)}
      valueLabel={valueLabel}
    >
      {({ percentage }) => (
        <div className={cx('overflow-hidden rounded-full bg-line', slim ? 'h-0.5' : 'h-1.5')}>
          <div
            className={cx(
              'h-full rounded-full bg-text-2',
              indeterminate ? 'w-1/3 animate-slide' : 'transition-[width]',
            )}
            {...(indeterminate ? {} : { style: { width: `${String(percentage ?? 0)}%` } })}
          />
        </div>
      )}
    </ProgressBar>
  );
}
