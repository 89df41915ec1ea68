import { knownSecretsOf, type Grant } from '@shared/model/grant';
import { useState } from 'react';
import { useStores } from '../../app/stores';
import { readSecrets, type GrantIssues, type SecretForm } from './grant-form';
import { FormPane } from './pane';
import { SecretFields } from './secret-fields';
import { fieldOf } from './use-grant-form';

/** New values for the secrets of a grant. One that is left empty stays as it is. */
export function RotateGrant({ grant }: { readonly grant: Grant }) {
  const { requests } = useStores();
  const names = knownSecretsOf(grant);
  const [typed, setTyped] = useState<Readonly<Record<string, SecretForm>>>({});
  const [issues, setIssues] = useState<GrantIssues>({});

  const submit = (): Promise<void> | undefined => {
    const read = readSecrets(typed, { needed: [], optional: names });
    const [first = ''] = names;
    const isEmpty = Object.keys(read.secrets).length === 0;
    const found = {
      ...read.issues,
      ...(isEmpty &&
        Object.keys(read.issues).length === 0 && {
          [`secret.${first}`]: 'Give the new secret.',
        }),
    };
    setIssues(found);
    if (Object.keys(found).length > 0) return undefined;
    return requests.getState().rotate(grant.id, read.secrets);
  };

  return (
    <FormPane
      title={`Replace the secret of ${grant.name}`}
      note="Programs go on as before: they have never seen the old one. Clones use the new one too."
      submitLabel="Replace"
      onCancel={() => requests.getState().close()}
      onSubmit={submit}
      isAtField={(error) => fieldOf(error) !== undefined}
      onError={(error) => {
        const field = fieldOf(error);
        if (field !== undefined) setIssues({ [field]: `${error.message} ${error.hint}` });
      }}
    >
      <div className="flex flex-col gap-3.5">
        <SecretFields
          names={names}
          optional={[]}
          grant={grant}
          typed={typed}
          issues={issues}
          onChange={(name, secret) => {
            requests.getState().typed();
            setTyped((before) => ({ ...before, [name]: secret }));
            setIssues({});
          }}
          takesFocus
        />
        {names.length > 1 ? (
          <p className="text-xs text-text-2">A field that stays empty keeps its secret.</p>
        ) : null}
      </div>
    </FormPane>
  );
}
