import {
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components';
import { useFirstFocus } from '../lib/first-focus';
import { FieldBody, FieldHelp, FieldLabel, fieldRow, fieldStack, type FieldProps } from './field';

interface Props
  extends FieldProps, Omit<AriaTextFieldProps, 'className' | 'style' | 'children' | 'isInvalid'> {
  readonly placeholder?: string | undefined;
  /** Puts the label above the field at any width. */
  readonly stacked?: boolean;
  readonly rows?: number;
}

/** Some lines of text in a monospaced font. */
export function TextAreaField({
  label,
  help,
  issue,
  optional,
  placeholder,
  stacked = false,
  rows = 2,
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
        <AriaTextArea
          ref={ref}
          rows={rows}
          placeholder={placeholder ?? ''}
          className="field-box w-full min-w-0 resize-y px-2.5 py-1.25 font-mono text-xs leading-5"
        />
        <FieldHelp help={help} issue={issue} optional={optional} />
      </FieldBody>
    </AriaTextField>
  );
}
