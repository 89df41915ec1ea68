import { Search, X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import {
  Button,
  Group,
  Input,
  SearchField as AriaSearchField,
  type SearchFieldProps as AriaSearchFieldProps,
} from 'react-aria-components';
import { useFirstFocus } from '../lib/first-focus';

interface Props extends Omit<AriaSearchFieldProps, 'className' | 'style' | 'children'> {
  readonly label: string;
  readonly placeholder: string;
  readonly className?: string;
  /** Shown at the right end while the field is empty. */
  readonly hint?: ReactNode;
  readonly inputRef?: RefObject<HTMLInputElement | null>;
  /** For a field in an `Autocomplete`: it says that it chooses from a list. */
  readonly chooses?: boolean;
}

export function SearchField({
  label,
  placeholder,
  className,
  hint,
  inputRef,
  chooses = false,
  ...props
}: Props) {
  const firstFocus = useFirstFocus(props.autoFocus);
  return (
    <AriaSearchField {...props} aria-label={label} className={className ?? ''}>
      {({ isEmpty }) => (
        <Group className="field-box flex h-7.5 items-center">
          <Search aria-hidden className="ml-2.5 size-3.5 shrink-0 text-text-3" />
          <Input
            ref={inputRef ?? firstFocus}
            // React Aria adds aria-controls.
            {...(chooses && { role: 'combobox', 'aria-expanded': true })}
            placeholder={placeholder}
            className="h-full w-full min-w-0 bg-transparent px-2 outline-none [&::-webkit-search-cancel-button]:hidden"
          />
          {isEmpty ? (
            hint
          ) : (
            <Button className="mr-1 flex size-5.5 shrink-0 items-center justify-center rounded-sm text-text-3 data-hovered:bg-hover data-hovered:text-text">
              <X aria-hidden className="size-3.5" />
            </Button>
          )}
        </Group>
      )}
    </AriaSearchField>
  );
}
