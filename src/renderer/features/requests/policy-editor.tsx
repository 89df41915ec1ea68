/** A policy, with the sentence that says what it means. */
import { callerKinds } from '@shared/model/caller';
import { verdicts, weekdays, type Weekday } from '@shared/model/policy';
import { policySentence } from '@shared/model/policy-words';
import { Plus, Trash2 } from 'lucide-react';
import { Group, Input, Label, TextField as AriaTextField } from 'react-aria-components';
import { Button, IconButton } from '../../components/button';
import { SegmentedChoice } from '../../components/choice';
import { ComboField } from '../../components/combo-field';
import { FieldBody, FieldHelp, fieldLabel, fieldRow } from '../../components/field';
import { Switch } from '../../components/switch';
import { TextAreaField } from '../../components/text-area';
import { ToggleChoice } from '../../components/toggle-choice';
import { cx } from '../../lib/class-names';
import { useNow } from '../../lib/use-now';
import {
  localText,
  newHours,
  readPolicy,
  type HoursForm,
  type PolicyForm,
  type PolicyIssues,
} from './policy-form';
import { callerLabels, ownZone, verdictWords } from './words';

interface Props {
  readonly form: PolicyForm;
  readonly onChange: (form: PolicyForm) => void;
  /** Whether the end is left out, because it is asked for elsewhere. */
  readonly withoutEnd?: boolean;
}

/** The policy as one sentence, read out when it changes. */
export function PolicySentence({ form }: { readonly form: PolicyForm }) {
  const { policy } = readPolicy(form, useNow());
  return (
    <output className="block rounded-md border border-line bg-sunken px-3 py-2 text-pretty">
      {policySentence(policy, ownZone())}
    </output>
  );
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

export function PolicyEditor({ form, onChange, withoutEnd = false }: Props) {
  const { issues } = readPolicy(form, useNow());
  const change = (changes: Partial<PolicyForm>): void => onChange({ ...form, ...changes });
  const methods = [...METHODS, ...form.methods.filter((each) => !METHODS.some((m) => m === each))];
  return (
    <div className="flex flex-col gap-3.5">
      {/* It stays in sight while a person edits. */}
      <div className="sticky top-0 z-10 bg-panel py-1">
        <PolicySentence form={form} />
      </div>
      {callerKinds.map((kind) => (
        <SegmentedChoice
          key={kind}
          label={callerLabels[kind]}
          value={form.callers[kind]}
          onChange={(value) => {
            const verdict = verdicts.find((each) => each === value);
            if (verdict !== undefined) change({ callers: { ...form.callers, [kind]: verdict } });
          }}
          options={verdicts.map((verdict) => ({ value: verdict, label: verdictWords[verdict] }))}
        />
      ))}
      <Switch
        label="Ask each time"
        help="A person has to allow each use by any caller."
        isSelected={form.ask}
        onChange={(ask) => change({ ask })}
      />
      {withoutEnd ? null : <EndField form={form} issue={issues.expires} onChange={change} />}
      <ToggleChoice
        label="Methods"
        help="Without a choice: any."
        options={methods.map((value) => ({ value, label: value }))}
        chosen={form.methods}
        onChange={(chosen) => change({ methods: chosen })}
      />
      <TextAreaField
        label="Paths below"
        placeholder="/v1/orders"
        help="One per line. Leave empty for any."
        value={form.paths}
        onChange={(paths) => change({ paths })}
        issue={issues.paths}
        rows={1}
      />
      <RateFields form={form} issue={issues.rate} onChange={change} />
      <HoursFields form={form} issue={issues.hours} onChange={change} />
      <TextAreaField
        label="Programs"
        help="Names that programs give themselves, one per line. Leave empty for any."
        value={form.clients}
        onChange={(clients) => change({ clients })}
        issue={issues.clients}
        rows={1}
      />
      <TextAreaField
        label="Addresses"
        placeholder="10.0.0.0/8"
        help="Addresses of callers on other machines, one per line. If there is one, callers on this computer are refused."
        value={form.addresses}
        onChange={(addresses) => change({ addresses })}
        issue={issues.addresses}
        rows={1}
      />
    </div>
  );
}

interface PartProps {
  readonly form: PolicyForm;
  readonly issue: PolicyIssues[keyof PolicyIssues];
  readonly onChange: (changes: Partial<PolicyForm>) => void;
}

const HOUR = 3_600_000;

/** From now until the end. */
const spans = [
  { label: '1 hour', ms: HOUR },
  { label: '8 hours', ms: 8 * HOUR },
  { label: '1 day', ms: 24 * HOUR },
  { label: '30 days', ms: 720 * HOUR },
] as const;

const nativeField = 'field-box h-7.5 px-2.5 font-mono text-xs';

/** When the grant ends: a moment, or a time from now. */
export const EndField = ({ form, issue, onChange }: PartProps) => (
  <AriaTextField
    value={form.expires}
    onChange={(expires) => onChange({ expires })}
    type="datetime-local"
    isInvalid={issue !== undefined}
    className={fieldRow}
  >
    <Label className={fieldLabel}>Ends</Label>
    <FieldBody>
      <Input className={cx(nativeField, 'w-fit')} />
      <div className="flex flex-wrap items-center gap-1.5">
        {spans.map(({ label, ms }) => (
          <Button
            key={label}
            size="sm"
            aria-label={`End in ${label}`}
            onPress={() => onChange({ expires: localText(Date.now() + ms) })}
          >
            {label}
          </Button>
        ))}
        <Button size="sm" variant="quiet" onPress={() => onChange({ expires: '' })}>
          Never
        </Button>
      </div>
      <FieldHelp help={`In the time zone of this computer, ${ownZone()}.`} issue={issue} />
    </FieldBody>
  </AriaTextField>
);

function RateFields({ form, issue, onChange }: PartProps) {
  const numbers = [
    { label: 'Requests', value: form.requests, set: (requests: string) => onChange({ requests }) },
    { label: 'Seconds', value: form.seconds, set: (seconds: string) => onChange({ seconds }) },
  ] as const;
  return (
    <Group aria-label="Rate" className={fieldRow}>
      <span aria-hidden className={fieldLabel}>
        At most
      </span>
      <FieldBody>
        <div className="flex flex-wrap items-center gap-1.5">
          {numbers.map(({ label, value, set }, at) => (
            <AriaTextField
              key={label}
              value={value}
              onChange={set}
              aria-label={label}
              inputMode="numeric"
              isInvalid={issue !== undefined}
              className="flex items-center gap-1.5"
            >
              <Input autoComplete="off" className={cx(nativeField, 'w-20')} />
              <span aria-hidden>{at === 0 ? 'requests in' : 'seconds'}</span>
            </AriaTextField>
          ))}
        </div>
        <FieldHelp issue={issue} />
      </FieldBody>
    </Group>
  );
}

const dayLabels = {
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
  sun: 'Sun',
} as const satisfies Record<Weekday, string>;

const zones = Intl.supportedValuesOf('timeZone');

function HoursFields({ form, issue, onChange }: PartProps) {
  const set = (hours: readonly HoursForm[]): void => onChange({ hours });
  return (
    <Group aria-label="Hours" className={fieldRow}>
      <span aria-hidden className={fieldLabel}>
        Hours
      </span>
      <FieldBody className="items-start gap-2">
        {form.hours.map((each, at) => (
          <HoursRow
            key={each.id}
            number={at + 1}
            hours={each}
            onChange={(changed) => set(form.hours.map((one) => (one === each ? changed : one)))}
            onRemove={() => set(form.hours.filter((one) => one !== each))}
          />
        ))}
        <Button
          size="sm"
          icon={<Plus aria-hidden className="size-3.5" />}
          onPress={() => set([...form.hours, newHours(ownZone())])}
        >
          Add hours
        </Button>
        <FieldHelp
          {...(form.hours.length === 0 && { help: 'Without them: at any time.' })}
          issue={issue}
        />
      </FieldBody>
    </Group>
  );
}

interface HoursRowProps {
  readonly number: number;
  readonly hours: HoursForm;
  readonly onChange: (hours: HoursForm) => void;
  readonly onRemove: () => void;
}

function HoursRow({ number, hours, onChange, onRemove }: HoursRowProps) {
  const { days, from, to, zone } = hours;
  const times = [
    { label: 'From', value: from, set: (text: string) => onChange({ ...hours, from: text }) },
    { label: 'To', value: to, set: (text: string) => onChange({ ...hours, to: text }) },
  ] as const;
  return (
    <Group
      aria-label={`Hours ${String(number)}`}
      className="flex w-full flex-col items-start gap-1.5"
    >
      <ToggleChoice
        bare
        label="Days"
        options={weekdays.map((value) => ({ value, label: dayLabels[value] }))}
        chosen={days}
        onChange={(chosen) => onChange({ ...hours, days: chosen })}
      />
      <div className="flex w-full flex-wrap items-center gap-1.5">
        {times.map(({ label, value, set }) => (
          <AriaTextField key={label} aria-label={label} type="time" value={value} onChange={set}>
            <Input className={nativeField} />
          </AriaTextField>
        ))}
        <ComboField
          bare
          label="Time zone"
          options={zones}
          value={zone}
          onChange={(text) => onChange({ ...hours, zone: text })}
          className="min-w-36 flex-1"
        />
        <IconButton label={`Remove hours ${String(number)}`} onPress={onRemove}>
          <Trash2 aria-hidden className="size-3.5" />
        </IconButton>
      </div>
    </Group>
  );
}
