/** The secrets of a grant, to type or to take from a variable. None is ever shown again. */
import { isHidden, type CredentialType } from '@shared/model/grant';
import { useEffect, useState } from 'react';
import { Group } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { ComboField } from '../../components/combo-field';
import { FieldBody, FieldHelp, fieldLabel, fieldRow } from '../../components/field';
import { PasswordField } from '../../components/text-field';
import { emptySecret, type GrantIssues, type SecretForm } from './grant-form';
import { secretLabel } from './words';

interface Props {
  readonly names: readonly string[];
  /** Those that may stay empty. */
  readonly optional: readonly string[];
  readonly grant: { readonly template?: string | undefined; readonly type: CredentialType };
  readonly typed: Readonly<Record<string, SecretForm>>;
  readonly issues: GrantIssues;
  readonly onChange: (name: string, secret: SecretForm) => void;
  /** Whether the first field gets the focus. */
  readonly takesFocus?: boolean;
}

export const SecretFields = ({
  names,
  optional,
  grant,
  typed,
  issues,
  onChange,
  takesFocus = false,
}: Props) =>
  names.map((name, at) => (
    <SecretField
      key={name}
      label={secretLabel(name, grant)}
      isVisible={!isHidden(name)}
      isOptional={optional.includes(name)}
      secret={typed[name] ?? emptySecret}
      issue={issues[`secret.${name}`]}
      onChange={(secret) => onChange(name, secret)}
      takesFocus={takesFocus && at === 0}
    />
  ));

interface FieldProps {
  readonly label: string;
  readonly isVisible: boolean;
  readonly isOptional: boolean;
  readonly secret: SecretForm;
  readonly issue: string | undefined;
  readonly onChange: (secret: SecretForm) => void;
  readonly takesFocus: boolean;
}

function SecretField({
  label,
  isVisible,
  isOptional,
  secret,
  issue,
  onChange,
  takesFocus,
}: FieldProps) {
  if (secret.from === 'variable') {
    return <VariableField label={label} secret={secret} issue={issue} onChange={onChange} />;
  }
  return (
    <PasswordField
      label={label}
      value={secret.value}
      onChange={(value) => onChange({ ...secret, value })}
      issue={issue}
      optional={isOptional}
      startsShown={isVisible}
      // The form was opened to type or paste it.
      // oxlint-disable-next-line jsx-a11y/no-autofocus
      autoFocus={takesFocus}
      action={
        <Button
          variant="quiet"
          size="sm"
          aria-label={`Use a variable for ${label}`}
          onPress={() => onChange({ ...emptySecret, from: 'variable' })}
        >
          Use a variable
        </Button>
      }
    />
  );
}

function VariableField({
  label,
  secret,
  issue,
  onChange,
}: Pick<FieldProps, 'label' | 'secret' | 'issue' | 'onChange'>) {
  const environments = useFeature('environments', (state) => state.list);
  const keys = useKeysOf(environments.find(({ name }) => name === secret.environment)?.id);
  return (
    <Group aria-label={label} isInvalid={issue !== undefined} className={fieldRow}>
      <span aria-hidden className={fieldLabel}>
        {label}
      </span>
      <FieldBody>
        <div className="flex flex-wrap items-start gap-1.5">
          <ComboField
            bare
            label={`Environment of ${label}`}
            placeholder="Environment"
            options={environments.map(({ name }) => name)}
            value={secret.environment}
            onChange={(environment) => onChange({ ...secret, environment })}
            className="min-w-30 flex-1"
          />
          <ComboField
            bare
            label={`Variable of ${label}`}
            placeholder="VARIABLE"
            options={keys}
            value={secret.key}
            onChange={(key) => onChange({ ...secret, key })}
            className="min-w-30 flex-1"
          />
          <Button
            variant="quiet"
            aria-label={`Type it: ${label}`}
            onPress={() => onChange(emptySecret)}
          >
            Type it
          </Button>
        </div>
        <FieldHelp
          help="Read at most 30 seconds before a request, so a new value counts."
          issue={issue}
        />
      </FieldBody>
    </Group>
  );
}

/** The keys of an environment, as far as they are in memory. */
function useKeysOf(id: string | undefined): readonly string[] {
  const { client } = useStores();
  const [keys, setKeys] = useState<readonly string[]>([]);
  useEffect(() => {
    if (id === undefined) return undefined;
    let isWanted = true;
    const read = async (): Promise<void> => {
      try {
        const { variables } = await client.environments.open({ id });
        if (isWanted) setKeys(variables.map(({ key }) => key));
      } catch {
        // The list only suggests: a key can be typed, and the request says if there is no such variable.
      }
    };
    void read();
    return () => {
      isWanted = false;
      setKeys([]);
    };
  }, [client, id]);
  return keys;
}
