/** Further headers and query parameters of a grant: fixed texts, or with a secret. */
import { Plus, Trash2 } from 'lucide-react';
import { Group, Input, TextField as AriaTextField } from 'react-aria-components';
import { Button, IconButton } from '../../components/button';
import { SegmentedChoice } from '../../components/choice';
import { FieldBody, FieldHelp, fieldLabel, fieldRow } from '../../components/field';
import { newRule, type RuleForm } from './grant-form';

interface Props {
  readonly rules: readonly RuleForm[];
  readonly issue: string | undefined;
  readonly onChange: (rules: readonly RuleForm[]) => void;
}

export function RulesEditor({ rules, issue, onChange }: Props) {
  return (
    <Group aria-label="Further headers and parameters" className={fieldRow}>
      <span aria-hidden className={fieldLabel}>
        Adds also
      </span>
      <FieldBody className="items-start gap-2">
        {rules.map((rule, at) => (
          <Rule
            key={rule.id}
            number={at + 1}
            rule={rule}
            isInvalid={issue !== undefined}
            onChange={(changed) => onChange(rules.map((one) => (one === rule ? changed : one)))}
            onRemove={() => onChange(rules.filter((one) => one !== rule))}
          />
        ))}
        <Button
          size="sm"
          icon={<Plus aria-hidden className="size-3.5" />}
          onPress={() => onChange([...rules, newRule({ place: 'header', name: '', format: '' })])}
        >
          Add a header or parameter
        </Button>
        <FieldHelp
          help="A fixed text such as 2023-06-01, or one with {name} in place of a further secret."
          issue={issue}
        />
      </FieldBody>
    </Group>
  );
}

interface RuleProps {
  readonly number: number;
  readonly rule: RuleForm;
  readonly isInvalid: boolean;
  readonly onChange: (rule: RuleForm) => void;
  readonly onRemove: () => void;
}

const places = [
  { value: 'header', label: 'Header' },
  { value: 'query', label: 'Query' },
] as const;

function Rule({ number, rule, isInvalid, onChange, onRemove }: RuleProps) {
  const texts = [
    {
      label: 'Name',
      value: rule.name,
      set: (name: string) => onChange({ ...rule, name }),
      isMissing: rule.name.trim() === '',
    },
    {
      label: 'Text',
      value: rule.format,
      set: (format: string) => onChange({ ...rule, format }),
      isMissing: false,
    },
  ] as const;
  return (
    <Group
      aria-label={`Rule ${String(number)}`}
      className="flex w-full flex-wrap items-center gap-1.5"
    >
      <SegmentedChoice
        bare
        label="Place"
        value={rule.place}
        onChange={(place) => onChange({ ...rule, place: place === 'query' ? 'query' : 'header' })}
        options={places}
      />
      {texts.map(({ label, value, set, isMissing }) => (
        <AriaTextField
          key={label}
          aria-label={label}
          value={value}
          onChange={set}
          isInvalid={isInvalid && isMissing}
          className="min-w-28 flex-1"
        >
          <Input
            placeholder={label}
            autoComplete="off"
            spellCheck="false"
            className="field-box h-7.5 w-full min-w-0 px-2.5 font-mono text-xs"
          />
        </AriaTextField>
      ))}
      <IconButton label={`Remove rule ${String(number)}`} onPress={onRemove}>
        <Trash2 aria-hidden className="size-3.5" />
      </IconButton>
    </Group>
  );
}
