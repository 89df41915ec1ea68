/** The settings of a grant, for a new one and for one that is edited. */
import { templateNamed } from '@shared/model/grant-templates';
import { useState } from 'react';
import { Fold } from '../../components/fold';
import { Section } from '../../components/page';
import { TextAreaField } from '../../components/text-area';
import { TextField } from '../../components/text-field';
import { hostsOf, previewOf, secretsOf, type GrantForm, type GrantIssues } from './grant-form';
import { InjectionList } from './injection-list';
import { RulesEditor } from './rules-editor';

interface Props {
  readonly form: GrantForm;
  readonly issues: GrantIssues;
  readonly onChange: (changes: Partial<GrantForm>) => void;
}

/** What a template asks for beside the secrets. */
export function ParameterFields({ form, issues, onChange }: Props) {
  const parameters = templateNamed(form.template ?? '')?.parameters ?? {};
  return Object.entries(parameters).map(([name, what], at) => (
    <TextField
      key={name}
      label={`${name.charAt(0).toUpperCase()}${name.slice(1)}`}
      help={`${what.charAt(0).toUpperCase()}${what.slice(1)}.`}
      value={form.parameters[name] ?? ''}
      onChange={(text) => onChange({ parameters: { ...form.parameters, [name]: text } })}
      issue={issues[`parameter.${name}`]}
      // The form was opened to fill this in first.
      // oxlint-disable-next-line jsx-a11y/no-autofocus
      autoFocus={at === 0}
    />
  ));
}

/** How the credential is added, by type. */
export function CredentialFields({ form, issues, onChange }: Props) {
  const { type, header, format, region, service } = form;
  return (
    <>
      {type === 'api-key' ? (
        <TextField
          label="Header"
          placeholder="X-API-Key"
          value={header}
          onChange={(text) => onChange({ header: text })}
          issue={issues['header']}
        />
      ) : null}
      {type === 'api-key' || type === 'basic' ? (
        <TextField
          label="Format"
          placeholder={type === 'basic' ? '{username}:{password}' : '{token}'}
          help={
            type === 'basic'
              ? 'Before it is encoded, with {name} in place of each secret.'
              : 'The text of the header, with {token} in place of the key.'
          }
          value={format}
          onChange={(text) => onChange({ format: text })}
          issue={issues['format']}
        />
      ) : null}
      {type === 'sigv4' ? (
        <>
          <TextField
            label="Region"
            placeholder="us-east-1"
            help="Without it: the region in the host."
            value={region}
            onChange={(text) => onChange({ region: text })}
            issue={issues['region']}
          />
          <TextField
            label="Service"
            placeholder="execute-api"
            help="Without it: the service in the host."
            value={service}
            onChange={(text) => onChange({ service: text })}
            issue={issues['service']}
          />
        </>
      ) : null}
    </>
  );
}

export const HostsField = ({ form, issues, onChange }: Props) => (
  <TextAreaField
    label="Hosts"
    placeholder="api.example.com"
    help="Requests go to these hosts only, one per line: host[:port][/path], or *.host."
    value={hostsOf(form)}
    onChange={(hosts) => onChange({ hosts })}
    issue={issues['hosts']}
    rows={Math.min(6, Math.max(2, hostsOf(form).split('\n').length))}
  />
);

/** What requests get, with the fields that most grants do without. */
export function InjectionSection({ form, issues, onChange }: Props) {
  const { needed, optional } = secretsOf(form);
  const [isOpen, setOpen] = useState(false);
  const hasIssue = issues['rules'] !== undefined || issues['networks'] !== undefined;
  return (
    <Section title="Added to each request">
      <InjectionList settings={previewOf(form)} secrets={[...needed, ...optional]} />
      <Fold
        title="Further headers, parameters and networks"
        quiet
        open={isOpen || hasIssue}
        onOpenChange={setOpen}
      >
        <div className="flex flex-col gap-3.5 pt-2">
          <RulesEditor
            rules={form.rules}
            issue={issues['rules']}
            onChange={(rules) => onChange({ rules })}
          />
          <NetworksField form={form} issues={issues} onChange={onChange} />
        </div>
      </Fold>
    </Section>
  );
}

export const NetworksField = ({ form, issues, onChange }: Props) => (
  <TextAreaField
    label="Networks"
    placeholder="10.0.0.0/8"
    help="Private networks that its hosts may be in, one per line. Leave empty for none."
    value={form.networks}
    onChange={(networks) => onChange({ networks })}
    issue={issues['networks']}
    rows={1}
  />
);
