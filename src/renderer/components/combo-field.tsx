import { ChevronDown } from 'lucide-react';
import {
  Button,
  ComboBox,
  Group,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
} from 'react-aria-components';
import { cx } from '../lib/class-names';
import { FieldBody, FieldHelp, FieldLabel, fieldRow, fieldStack, type FieldProps } from './field';

interface Props extends FieldProps {
  readonly options: readonly string[];
  /** What an option is called, shown beside it. */
  readonly names?: Readonly<Record<string, string>>;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly placeholder?: string;
  readonly stacked?: boolean;
  /** Hides the label; it is still read out. */
  readonly bare?: boolean;
  readonly className?: string;
  /** When the list opens: as soon as the field has the focus, or only on demand. */
  readonly opens?: 'focus' | 'manual';
  readonly onBlur?: () => void;
}

/** A text with suggestions, which can also be another text. */
export function ComboField({
  label,
  help,
  issue,
  optional,
  options,
  names = {},
  value,
  onChange,
  placeholder,
  stacked = false,
  bare = false,
  className,
  opens = 'focus',
  onBlur,
}: Props) {
  return (
    <ComboBox
      items={options.map((option) => ({ id: option }))}
      inputValue={value}
      onInputChange={onChange}
      allowsCustomValue
      menuTrigger={opens}
      allowsEmptyCollection={opens === 'manual'}
      {...(onBlur && { onBlur })}
      isInvalid={issue !== undefined}
      className={cx(!bare && (stacked ? fieldStack : fieldRow), className)}
    >
      {bare ? (
        <Label className="sr-only">{label}</Label>
      ) : (
        <FieldLabel label={label} stacked={stacked} />
      )}
      <FieldBody>
        <Group isInvalid={issue !== undefined} className="field-box flex items-center">
          <Input
            placeholder={placeholder ?? ''}
            autoComplete="off"
            spellCheck="false"
            className="h-7 w-full min-w-0 bg-transparent px-2.5 font-mono text-xs outline-none"
          />
          <Button className="flex h-7 w-6 shrink-0 items-center justify-center text-text-3 data-hovered:text-text">
            <ChevronDown aria-hidden className="size-3.5" />
          </Button>
        </Group>
        <FieldHelp help={help} issue={issue} optional={optional} />
      </FieldBody>
      <Popover
        offset={4}
        className="w-(--trigger-width) min-w-40 rounded-md border border-line-strong bg-panel p-1 shadow-overlay"
      >
        <ListBox<{ readonly id: string }> className="max-h-72 overflow-auto outline-none">
          {({ id }) => (
            <ListBoxItem
              id={id}
              textValue={id}
              className="flex min-h-7 cursor-default items-center rounded-sm px-2 font-mono text-xs break-all outline-none data-focused:bg-hover"
            >
              <span className="min-w-0 flex-1">{id}</span>
              {names[id] === undefined ? null : (
                <span className="ml-2 min-w-0 truncate font-sans text-text-2">{names[id]}</span>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
