import { Check, ChevronDown, type LucideIcon } from 'lucide-react';
import {
  Autocomplete,
  Button,
  Header,
  ListBox,
  ListBoxItem,
  ListBoxSection,
  Popover,
  Select,
  SelectValue,
  Text,
  useFilter,
} from 'react-aria-components';
import { FieldBody, FieldHelp, FieldLabel, fieldStack, type FieldProps } from './field';
import { SearchField } from './search-field';

export interface SearchableOption {
  readonly value: string;
  readonly label: string;
  readonly icon: LucideIcon;
  /** One line. It is searched too. */
  readonly description: string;
}

export interface OptionGroup {
  readonly title: string;
  readonly options: readonly SearchableOption[];
}

interface Props extends FieldProps {
  readonly groups: readonly OptionGroup[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A choice of one option out of many, which opens as a list with a search field. */
export function SearchableChoice({ label, help, issue, optional, groups, value, onChange }: Props) {
  const { contains } = useFilter({ sensitivity: 'base' });
  const selected = groups.flatMap(({ options }) => options).find((one) => one.value === value);
  return (
    <Select
      value={value}
      onChange={(key) => {
        if (key !== null) onChange(String(key));
      }}
      isInvalid={issue !== undefined}
      className={fieldStack}
    >
      <FieldLabel label={label} stacked />
      <FieldBody>
        <Button className="field-box flex h-7.5 w-full max-w-90 cursor-default items-center gap-2 pr-2 pl-2.5 text-left data-hovered:bg-hover">
          <SelectValue className="flex min-w-0 flex-1 items-center gap-2">
            {selected === undefined ? null : (
              <>
                <selected.icon aria-hidden className="size-4 shrink-0 text-text-2" />
                <span className="min-w-0 truncate font-medium">{selected.label}</span>
              </>
            )}
          </SelectValue>
          <ChevronDown aria-hidden className="size-3.5 shrink-0 text-text-3" />
        </Button>
        <FieldHelp help={help} issue={issue} optional={optional} />
      </FieldBody>
      <Popover
        offset={4}
        className="flex w-120 max-w-[90vw] flex-col gap-1.5 rounded-lg border border-line-strong bg-panel p-1.5 shadow-overlay"
      >
        <Autocomplete filter={contains}>
          <SearchField
            label={`Find: ${label}`}
            placeholder="Find"
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- opened to choose
            autoFocus
          />
          <ListBox
            className="max-h-120 min-h-0 overflow-auto outline-none"
            renderEmptyState={() => <p className="px-2 py-1 text-text-2">Nothing matches.</p>}
          >
            {groups.map(({ title, options }) => (
              <ListBoxSection key={title} id={title}>
                <Header className="caps px-2 pt-1.5 pb-0.5 text-text-3">{title}</Header>
                {options.map((option) => (
                  <Option key={option.value} option={option} />
                ))}
              </ListBoxSection>
            ))}
          </ListBox>
        </Autocomplete>
      </Popover>
    </Select>
  );
}

const Option = ({ option }: { readonly option: SearchableOption }) => (
  <ListBoxItem
    id={option.value}
    textValue={`${option.label} ${option.description}`}
    aria-label={option.label}
    className="flex cursor-default gap-2.5 rounded-sm px-2 py-1.5 outline-none data-focused:bg-hover data-hovered:bg-hover"
  >
    {({ isSelected }) => (
      <>
        <option.icon aria-hidden className="mt-px size-4 shrink-0 text-text-2" />
        <span className="flex min-w-0 flex-1 flex-col">
          <Text slot="label" className="font-medium">
            {option.label}
          </Text>
          <Text slot="description" className="text-xs text-text-2">
            {option.description}
          </Text>
        </span>
        {isSelected ? <Check aria-hidden className="mt-0.5 size-3.5 shrink-0 text-text-2" /> : null}
      </>
    )}
  </ListBoxItem>
);
