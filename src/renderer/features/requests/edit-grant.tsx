import { knownSecretsOf, type Grant } from '@shared/model/grant';
import { useStores } from '../../app/stores';
import { Section } from '../../components/page';
import { TextField } from '../../components/text-field';
import { CredentialFields, HostsField, InjectionSection, NetworksField } from './grant-fields';
import { formOfGrant, secretsOf } from './grant-form';
import { FormPane } from './pane';
import { PolicyEditor } from './policy-editor';
import { SecretFields } from './secret-fields';
import { useGrantForm } from './use-grant-form';

/** Everything of a grant but its type. A clone has the credential of its original, and how it is added. */
export function EditGrant({ grant }: { readonly grant: Grant }) {
  const { requests } = useStores();
  const had = knownSecretsOf(grant);
  const isClone = grant.original !== undefined;
  const { form, change, issues, read, isAtField, onError } = useGrantForm(
    () => formOfGrant(grant),
    had,
  );
  // A rule may need a further secret.
  const further = secretsOf(form).needed.filter((name) => !had.includes(name));

  const submit = (): Promise<void> | undefined => {
    const ready = read();
    if (ready?.settings === undefined) return undefined;
    const { name, settings, secrets } = ready;
    const { type: _type, template: _template, ...changed } = settings;
    const { hosts, networks, policy, header, format, region, service } = changed;
    return requests.getState().update(grant.id, {
      name,
      settings: isClone
        ? { hosts, networks, policy }
        : {
            ...changed,
            header: header ?? null,
            format: format ?? null,
            region: region ?? null,
            service: service ?? null,
          },
      secrets,
    });
  };

  return (
    <FormPane
      title={`Edit ${grant.name}`}
      submitLabel="Save"
      onCancel={() => requests.getState().close()}
      onSubmit={submit}
      isAtField={isAtField}
      onError={onError}
    >
      <div className="flex flex-col gap-3.5">
        <TextField
          label="Name"
          value={form.name}
          onChange={(name) => change({ name })}
          issue={issues['name']}
          // The form was opened to edit.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
        />
        {isClone ? null : <CredentialFields form={form} issues={issues} onChange={change} />}
        <SecretFields
          names={further}
          optional={[]}
          grant={form}
          typed={form.secrets}
          issues={issues}
          onChange={(name, secret) => change({ secrets: { ...form.secrets, [name]: secret } })}
        />
        <HostsField form={form} issues={issues} onChange={change} />
        {isClone ? <NetworksField form={form} issues={issues} onChange={change} /> : null}
      </div>
      {isClone ? null : <InjectionSection form={form} issues={issues} onChange={change} />}
      <Section title="Policy">
        <PolicyEditor form={form.policy} onChange={(policy) => change({ policy })} />
      </Section>
    </FormPane>
  );
}
