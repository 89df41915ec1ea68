import { SegmentedChoice } from '@renderer/components/choice';
import { InlineSwitch } from '@renderer/components/switch';
import { TextAreaField } from '@renderer/components/text-area';
import { TextField } from '@renderer/components/text-field';
import { ruleTypes, typeLabels, type RuleField, type RuleForm, type RuleIssue } from './form';

interface Props {
  readonly line: RuleForm;
  readonly issue: RuleIssue | undefined;
  readonly onChange: (line: RuleForm) => void;
}

/** The fields of one rule. */
export function RuleFields({ line, issue, onChange }: Props) {
  const change = (changes: Partial<RuleForm>): void => onChange({ ...line, ...changes });
  const issueOf = (field: RuleField): string | undefined =>
    issue?.field === field ? issue.message : undefined;
  return (
    <div className="@container flex flex-col gap-3 py-2 pr-1 pl-5.5">
      <TextField
        label="Key"
        value={line.key}
        onChange={(key) => change({ key })}
        issue={issueOf('key')}
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- a rule without a key was just added to type into it
        autoFocus={line.key === ''}
      />
      <SegmentedChoice
        label="Value"
        value={line.type}
        onChange={(value) => {
          const type = ruleTypes.find((one) => one === value);
          if (type !== undefined) change({ type });
        }}
        options={ruleTypes.map((value) => ({ value, label: typeLabels[value] }))}
      />
      {line.type === 'one-of' ? (
        <TextAreaField
          label="Allowed values"
          help="One a line."
          rows={3}
          value={line.choices}
          onChange={(choices) => change({ choices })}
          issue={issueOf('choices')}
        />
      ) : null}
      {line.type === 'pattern' ? (
        <TextField
          label="Pattern"
          help="A regular expression for the whole value, such as sk_(live|test)_[A-Za-z0-9]+. Without lookaround, and without \1."
          value={line.pattern}
          onChange={(pattern) => change({ pattern })}
          issue={issueOf('pattern')}
        />
      ) : null}
      <TextField
        label="Note"
        optional
        help="What it is for."
        value={line.note}
        onChange={(note) => change({ note })}
        issue={issueOf('note')}
      />
      <TextField
        label="Only in"
        optional
        help="The name of an environment or a folder. Leave empty for all."
        placeholder="team/api"
        value={line.under}
        onChange={(under) => change({ under })}
        issue={issueOf('under')}
      />
      <InlineSwitch
        label="Needed: it is missing if it is not there"
        isSelected={line.required}
        onChange={(required) => change({ required })}
      />
    </div>
  );
}
