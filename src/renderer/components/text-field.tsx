import { Eye, EyeOff } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import {
  Group,
  Input,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components';
import { cx } from '../lib/class-names';
import { useFirstFocus } from '../lib/first-focus';
import { IconButton } from './button';
import { FieldBody, FieldHelp, FieldLabel, fieldRow, fieldStack, type FieldProps } from './field';

interface Props
  extends FieldProps, Omit<AriaTextFieldProps, 'className' | 'style' | 'children' | 'isInvalid'> {
  readonly placeholder?: string | undefined;
  /** Puts the label above the field at any width. */
  readonly stacked?: boolean;
}

const input = 'h-7 w-full min-w-0 bg-transparent px-2.5 outline-none';

/** A line of text in a monospaced font, because people check it character by character. */
export function TextField({
  label,
  help,
  issue,
  optional,
  placeholder,
  stacked = false,
  ...props
}: Props) {
  const ref = useFirstFocus(props.autoFocus);
  return (
    <AriaTextField
      {...props}
      isInvalid={issue !== undefined}
      className={stacked ? fieldStack : fieldRow}
      autoComplete="off"
      spellCheck="false"
    >
      <FieldLabel label={label} stacked={stacked} />
      <FieldBody>
        <Input
          ref={ref}
          placeholder={placeholder ?? ''}
          className="field-box h-7.5 w-full min-w-0 px-2.5 font-mono text-xs"
        />
        <FieldHelp help={help} issue={issue} optional={optional} />
      </FieldBody>
    </AriaTextField>
  );
}

interface PasswordProps extends Props {
  /** Shown at the right end of the field. */
  readonly action?: ReactNode;
  /** For a text that is no secret by itself, such as a user name. */
  readonly startsShown?: boolean;
}

/** A text that others must not read over a shoulder. The person who types it can show it. */
export function PasswordField({
  label,
  help,
  issue,
  optional,
  placeholder,
  action,
  startsShown = false,
  stacked = false,
  ...props
}: PasswordProps) {
  const [shown, setShown] = useState(startsShown);
  const ref = useFirstFocus(props.autoFocus);
  return (
    <AriaTextField
      {...props}
      type={shown ? 'text' : 'password'}
      isInvalid={issue !== undefined}
      className={stacked ? fieldStack : fieldRow}
      autoComplete="off"
      spellCheck="false"
    >
      <FieldLabel label={label} stacked={stacked} />
      <FieldBody>
        <Group isInvalid={issue !== undefined} className="field-box flex items-center pr-0.5">
          <Input
            ref={ref}
            placeholder={placeholder ?? ''}
            className={cx(input, 'font-mono text-xs')}
          />
          {action}
          <IconButton
            size="sm"
            label={shown ? `Hide ${label}` : `Show ${label}`}
            hint={shown ? 'Hide' : 'Show'}
            onPress={() => setShown(!shown)}
          >
            {shown ? <EyeOff className="size-3.5" /> : <Eye className="size-3.5" />}
          </IconButton>
        </Group>
        <FieldHelp help={help} issue={issue} optional={optional} />
      </FieldBody>
    </AriaTextField>
  );
}
