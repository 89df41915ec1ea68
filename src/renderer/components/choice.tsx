import type { ReactNode } from 'react';
import {
  Radio,
  RadioGroup,
  type RadioGroupProps as AriaRadioGroupProps,
} from 'react-aria-components';
import { cx } from '../lib/class-names';
import { FieldBody, FieldHelp, FieldLabel, fieldRow, fieldStack, type FieldProps } from './field';

interface ChoiceOption {
  readonly value: string;
  readonly label: string;
  readonly description?: string | undefined;
  readonly isDisabled?: boolean | undefined;
  /** Fields of the option, which a list shows below it while it is chosen. */
  readonly fields?: ReactNode;
}

interface Props
  extends FieldProps, Omit<AriaRadioGroupProps, 'className' | 'style' | 'children' | 'isInvalid'> {
  readonly options: readonly ChoiceOption[];
}

interface SegmentedProps extends Props {
  /** Puts the label above the choices at any width. Default: if they are too long to be beside it on one line. */
  readonly stacked?: boolean;
  /** Hides the label; it is still read out. */
  readonly bare?: boolean;
}

/** More letters, with three for the space around each option, than fit on one line beside a label. */
const LONG = 50;

const isLong = (options: readonly ChoiceOption[]): boolean =>
  options.reduce((letters, { label }) => letters + label.length + 3, 0) > LONG;

/** A choice of one option out of a few, side by side. Where that takes several lines, each is filled. */
export function SegmentedChoice({
  label,
  help,
  issue,
  optional,
  options,
  stacked = isLong(options),
  bare = false,
  ...props
}: SegmentedProps) {
  return (
    <RadioGroup
      {...props}
      orientation="horizontal"
      isInvalid={issue !== undefined}
      {...(bare && { 'aria-label': label })}
      className={cx('group/choice', !bare && (stacked ? fieldStack : fieldRow))}
    >
      {bare ? null : <FieldLabel label={label} stacked={stacked} />}
      <FieldBody>
        <div className="flex w-fit max-w-full flex-wrap gap-px rounded-md border border-line-strong bg-sunken p-px group-data-invalid/choice:border-bad">
          {options.map(({ value, label: text, isDisabled }) => (
            <Radio
              key={value}
              value={value}
              isDisabled={isDisabled === true}
              className="native-input flex h-6.5 grow cursor-default items-center justify-center rounded-sm border border-transparent px-2 text-text-2 transition-colors data-hovered:text-text data-selected:border-line-strong data-selected:bg-raised data-selected:font-medium data-selected:text-text data-disabled:opacity-50"
            >
              {text}
            </Radio>
          ))}
        </div>
        <FieldHelp help={help} issue={issue} optional={optional} />
      </FieldBody>
    </RadioGroup>
  );
}

/** A choice of one option out of a few, each with a short explanation. */
export function RadioList({ label, help, issue, optional, options, ...props }: Props) {
  return (
    <RadioGroup {...props} isInvalid={issue !== undefined} className="flex flex-col gap-2">
      <FieldLabel label={label} stacked />
      <div className="flex flex-col gap-2">
        {options.map(({ value, label: text, description, isDisabled, fields }) => (
          <div key={value}>
            <Radio
              value={value}
              isDisabled={isDisabled === true}
              {...(description !== undefined && { 'aria-describedby': `${value}-description` })}
              className="native-input group flex w-fit cursor-default items-center gap-2.5 rounded-sm data-disabled:opacity-60"
            >
              <span className="flex size-4 shrink-0 items-center justify-center rounded-full border border-control bg-raised transition-colors group-data-selected:border-brass-fill group-data-selected:bg-brass-fill">
                <span className="size-1.5 rounded-full bg-transparent group-data-selected:bg-brass-ink" />
              </span>
              <span className="font-medium">{text}</span>
            </Radio>
            {description === undefined ? null : (
              <p id={`${value}-description`} className="ml-6.5 text-xs text-text-2">
                {description}
              </p>
            )}
            {fields === undefined || value !== props.value ? null : (
              <div className="mt-2.5 mb-1.5 ml-6.5">{fields}</div>
            )}
          </div>
        ))}
      </div>
      <FieldHelp help={help} issue={issue} optional={optional} />
    </RadioGroup>
  );
}
