/** A new grant, from a template or from scratch. */
import { templateNamed } from '@shared/model/grant-templates';
import type { CredentialType } from '@shared/model/grant';
import { useState, type ComponentProps } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { SegmentedChoice } from '../../components/choice';
import { ExternalLink } from '../../components/external-link';
import { Fold } from '../../components/fold';
import { Section } from '../../components/page';
import { TextField } from '../../components/text-field';
import { CredentialFields, HostsField, InjectionSection, ParameterFields } from './grant-fields';
import { newForm, secretsOf } from './grant-form';
import { FormPane } from './pane';
import { PolicyEditor, PolicySentence } from './policy-editor';
import { SecretFields } from './secret-fields';
import { useGrantForm } from './use-grant-form';
import { typeWords } from './words';

export function NewGrantForm({ template: id }: { readonly template: string | undefined }) {
  const { requests } = useStores();
  const template = templateNamed(id ?? '');
  const list = useFeature('requests', (state) => state.list);
  const { form, change, issues, policyIssues, read, isAtField, onError } = useGrantForm(
    () =>
      newForm(
        template,
        (list ?? []).map(({ name }) => name),
      ),
    [],
  );
  const { needed, optional } = secretsOf(form);
  const { show, close, create } = requests.getState();
  const hasParameters = template?.parameters !== undefined;

  const submit = (): Promise<void> | undefined => {
    const ready = read();
    if (ready?.settings === undefined) return undefined;
    const { name, settings, secrets } = ready;
    return create({ name, settings, secrets });
  };

  return (
    <FormPane
      title={template === undefined ? 'New custom grant' : `New grant for ${template.name}`}
      actions={
        <Button variant="quiet" className="-mr-2.5" onPress={() => show({ kind: 'gallery' })}>
          All services
        </Button>
      }
      {...(template !== undefined && {
        note: (
          <ExternalLink href={template.docs}>{`Documentation of ${template.name}`}</ExternalLink>
        ),
      })}
      submitLabel="Create grant"
      onCancel={close}
      onSubmit={submit}
      isAtField={isAtField}
      onError={onError}
    >
      <div className="flex flex-col gap-3.5">
        <TextField
          label="Name"
          placeholder="stripe"
          help="Programs use it to name the grant."
          value={form.name}
          onChange={(name) => change({ name })}
          issue={issues['name']}
          // A template fills the name in.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus={template === undefined}
        />
        {template === undefined ? <TypeChoice type={form.type} onChange={change} /> : null}
        <ParameterFields form={form} issues={issues} onChange={change} />
        <SecretFields
          names={[...needed, ...optional]}
          optional={optional}
          grant={form}
          typed={form.secrets}
          issues={issues}
          onChange={(name, secret) => change({ secrets: { ...form.secrets, [name]: secret } })}
          takesFocus={template !== undefined && !hasParameters}
        />
        {template === undefined ? (
          <CredentialFields form={form} issues={issues} onChange={change} />
        ) : null}
        <HostsField form={form} issues={issues} onChange={change} />
      </div>
      <InjectionSection form={form} issues={issues} onChange={change} />
      <Section title="Policy">
        <NewPolicy
          form={form.policy}
          mustOpen={Object.keys(policyIssues).length > 0}
          onChange={(policy) => change({ policy })}
        />
      </Section>
    </FormPane>
  );
}

interface NewPolicyProps extends ComponentProps<typeof PolicyEditor> {
  /** An issue in it keeps the form from being sent. */
  readonly mustOpen: boolean;
}

/** The sentence; the fields are for those who want another policy. */
function NewPolicy({ mustOpen, ...props }: NewPolicyProps) {
  const [isOpen, setOpen] = useState(false);
  const open = isOpen || mustOpen;
  return (
    <>
      {open ? null : <PolicySentence form={props.form} />}
      <Fold title="Change the policy" quiet open={open} onOpenChange={setOpen}>
        <div className="pt-2">
          <PolicyEditor {...props} />
        </div>
      </Fold>
    </>
  );
}

const types = ['bearer', 'api-key', 'basic', 'sigv4'] as const satisfies CredentialType[];

const TypeChoice = ({
  type,
  onChange,
}: {
  readonly type: CredentialType;
  readonly onChange: (changes: { type: CredentialType }) => void;
}) => (
  <SegmentedChoice
    label="Type"
    value={type}
    onChange={(value) => {
      const chosen = types.find((each) => each === value);
      if (chosen !== undefined) onChange({ type: chosen });
    }}
    options={types.map((value) => ({ value, label: typeWords[value] }))}
  />
);
