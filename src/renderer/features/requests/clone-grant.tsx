import type { Grant } from '@shared/model/grant';
import { defaultPolicy } from '@shared/model/policy';
import { policySentence } from '@shared/model/policy-words';
import { useFeature, useStores } from '../../app/stores';
import { Section } from '../../components/page';
import { TextField } from '../../components/text-field';
import { HostsField } from './grant-fields';
import { formOfGrant, freeName } from './grant-form';
import { FormPane } from './pane';
import { EndField, PolicyEditor } from './policy-editor';
import { policyFormOf } from './policy-form';
import { useGrantForm } from './use-grant-form';
import { ownZone } from './words';

const EIGHT_HOURS = 8 * 3_600_000;

/** A grant with the credential of another one, for less and for a while. */
export function CloneGrant({ grant }: { readonly grant: Grant }) {
  const { requests } = useStores();
  const list = useFeature('requests', (state) => state.list);
  const { form, change, issues, policyIssues, read, isAtField, onError } = useGrantForm(
    () => ({
      ...formOfGrant(grant),
      name: freeName(
        `${grant.name}-clone`,
        (list ?? []).map(({ name }) => name),
      ),
      policy: policyFormOf({ ...defaultPolicy, expiresAt: Date.now() + EIGHT_HOURS }),
    }),
    grant.secrets.map(({ name }) => name),
  );

  const submit = (): Promise<void> | undefined => {
    const ready = read();
    if (ready?.settings === undefined) return undefined;
    const { name, settings } = ready;
    const { policy, hosts } = settings;
    return requests.getState().clone(grant.id, { name, policy, hosts });
  };

  return (
    <FormPane
      title={`Clone ${grant.name}`}
      note={`A clone uses the credential of ${grant.name}. Both policies hold, and the hosts of both.`}
      submitLabel="Create clone"
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
          // The form was opened to name the clone.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
        />
        <EndField
          form={form.policy}
          issue={policyIssues.expires}
          onChange={(changes) => change({ policy: { ...form.policy, ...changes } })}
        />
        <HostsField form={form} issues={issues} onChange={change} />
      </div>
      <Section title="Policy">
        <PolicyEditor form={form.policy} onChange={(policy) => change({ policy })} withoutEnd />
        <p className="text-xs text-text-2">
          The policy of {grant.name}: {policySentence(grant.policy, ownZone())}
        </p>
      </Section>
    </FormPane>
  );
}
