import { useId } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { cx } from '../lib/class-names';
import { formatCount } from '../lib/format';
import { FieldBody, fieldLabel, fieldRow } from './field';

interface Props<Value extends string> {
  readonly label: string;
  readonly help?: string;
  readonly options: readonly {
    readonly value: Value;
    readonly label: string;
    /** Shown after the label: the number of things in the option. */
    readonly count?: number;
    /** The label has a name in it, and is cut where the options would not fit on one line. */
    readonly isNamed?: boolean;
  }[];
  readonly chosen: readonly Value[];
  /** In the order of the options. */
  readonly onChange: (chosen: Value[]) => void;
  /** Hides the label; it is still read out. */
  readonly bare?: boolean;
}

/** A choice of any number out of a few, side by side. */
export function ToggleChoice<Value extends string>({
  label,
  help,
  options,
  chosen,
  onChange,
  bare = false,
}: Props<Value>) {
  const id = useId();
  return (
    <div className={cx('max-w-full min-w-0', !bare && fieldRow)}>
      {bare ? null : (
        <span id={`${id}-label`} className={fieldLabel}>
          {label}
        </span>
      )}
      <FieldBody>
        <ToggleButtonGroup
          {...(bare ? { 'aria-label': label } : { 'aria-labelledby': `${id}-label` })}
          {...(help !== undefined && { 'aria-describedby': `${id}-help` })}
          selectionMode="multiple"
          selectedKeys={[...chosen]}
          onSelectionChange={(keys) =>
            onChange(options.flatMap(({ value }) => (keys.has(value) ? [value] : [])))
          }
          className={cx(
            'flex w-fit max-w-full gap-px rounded-md border border-line-strong bg-sunken p-px',
            !options.some(({ isNamed }) => isNamed === true) && 'flex-wrap',
          )}
        >
          {options.map(({ value, label: text, count, isNamed = false }) => (
            <ToggleButton
              key={value}
              id={value}
              className={cx(
                'flex h-6.5 grow cursor-default items-center justify-center rounded-sm border border-transparent px-2 text-text-2 transition-colors data-hovered:text-text data-selected:border-line-strong data-selected:bg-raised data-selected:font-medium data-selected:text-text',
                isNamed ? 'min-w-16' : 'shrink-0',
              )}
            >
              <span className="max-w-56 truncate" title={text}>
                {text}
              </span>
              {count === undefined ? null : (
                <span className="ml-1.5 font-normal text-text-2 tabular-nums">
                  {formatCount(count)}
                </span>
              )}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        {help === undefined ? null : (
          <p id={`${id}-help`} className="text-xs text-text-2">
            {help}
          </p>
        )}
      </FieldBody>
    </div>
  );
}
