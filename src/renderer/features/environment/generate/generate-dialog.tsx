/** Generates a value in the core and writes it to one or several environments, after a plan. */
import {
  generationSchema,
  isKeyPair,
  type Generation,
  type GenerationPlan,
  type GenerationResult,
} from '@shared/model/generation';
import type { ErrorReport } from '@shared/errors';
import { Check, CircleAlert } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Checkbox } from 'react-aria-components';
import { errorReport } from '@renderer/bridge';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { Dialog } from '@renderer/components/dialog';
import { ErrorText } from '@renderer/components/error-text';
import { InlineSwitch } from '@renderer/components/switch';
import { TextField } from '@renderer/components/text-field';
import { plural } from '@renderer/lib/format';
import { unsavedCount } from '../drafts-store';
import { firstRecipe, RecipeFields, recipeOf } from './recipe-fields';

interface Props {
  /** The environment on show. */
  readonly id: string;
  /** The key of the variable that gets the value; empty for a new one. */
  readonly initialKey: string;
  readonly onClose: () => void;
}

interface Planned {
  readonly generation: Generation;
  readonly plan: GenerationPlan;
}

export function GenerateDialog({ id, initialKey, onClose }: Props) {
  const { client, environment, environments, providerStatus } = useStores();
  const [key, setKey] = useState(initialKey);
  const [publicKey, setPublicKey] = useState(initialKey === '' ? '' : `${initialKey}_PUBLIC`);
  const [form, setForm] = useState(firstRecipe);
  const [ids, setIds] = useState<readonly string[]>([id]);
  const [same, setSame] = useState(false);
  const [issue, setIssue] = useState<string>();
  const [error, setError] = useState<ErrorReport>();
  const [busy, setBusy] = useState(false);
  const [planned, setPlanned] = useState<Planned>();
  const [results, setResults] = useState<GenerationResult>();

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (thrown) {
      setError(errorReport(thrown));
    } finally {
      setBusy(false);
    }
  };

  const plan = (): void => {
    const recipe = recipeOf(form);
    if ('issue' in recipe) return setIssue(recipe.issue);
    const parsed = generationSchema.safeParse({
      key,
      ...(isKeyPair(recipe) && { publicKey }),
      recipe,
      ids: [...ids],
      same,
    });
    if (!parsed.success) return setIssue(parsed.error.issues[0]?.message);
    setIssue(undefined);
    const generation = parsed.data;
    void attempt(async () => {
      setPlanned({ generation, plan: await client.generation.plan(generation) });
    });
  };

  const apply = ({ generation, plan: shown }: Planned): void =>
    void attempt(async () => {
      const bases = shown.flatMap(({ id: at, base }) =>
        base === undefined ? [] : [{ id: at, base }],
      );
      const writable = { ...generation, ids: bases.map((one) => one.id) };
      setResults(await client.generation.apply({ generation: writable, bases }));
      await Promise.all([
        environment.getState().refresh(),
        environments.getState().refresh(),
        providerStatus.getState().refresh(),
      ]);
    });

  const count = planned?.plan.filter(({ base }) => base !== undefined).length ?? 0;
  return (
    <Dialog
      isOpen
      size="md"
      title={initialKey === '' ? 'Generate a value' : `Generate a value for ${initialKey}`}
      onClose={onClose}
      actions={
        results !== undefined ? (
          // The button that was pressed is gone. Without a key, React takes the first one of those before for this one,
          // which then takes no focus.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          <Button key="close" variant="primary" autoFocus onPress={onClose}>
            Close
          </Button>
        ) : planned === undefined ? (
          <>
            <Button variant="quiet" onPress={onClose}>
              Cancel
            </Button>
            <Button variant="primary" isBusy={busy} onPress={plan}>
              Show the plan
            </Button>
          </>
        ) : (
          <>
            <Button variant="quiet" isDisabled={busy} onPress={() => setPlanned(undefined)}>
              Back
            </Button>
            <Button
              key="apply"
              variant="primary"
              // oxlint-disable-next-line jsx-a11y/no-autofocus -- as above
              autoFocus
              isBusy={busy}
              isDisabled={count === 0}
              onPress={() => apply(planned)}
            >
              {`Generate and save in ${plural(count, 'environment')}`}
            </Button>
          </>
        )
      }
    >
      {results !== undefined ? (
        <Results results={results} />
      ) : planned !== undefined ? (
        <Plan planned={planned} />
      ) : (
        <>
          <TextField label="Key" stacked value={key} onChange={setKey} />
          <RecipeFields form={form} issue={issue} onChange={setForm} />
          {form.kind === 'rsa' || form.kind === 'ed25519' ? (
            <TextField
              label="Key of the public key"
              stacked
              value={publicKey}
              onChange={setPublicKey}
            />
          ) : null}
          <Targets id={id} ids={ids} onChange={setIds} />
          {ids.length > 1 ? (
            <InlineSwitch
              label="The same value in all of them"
              isSelected={same}
              onChange={setSame}
            />
          ) : null}
          {issue === undefined ? null : (
            <p role="alert" className="text-xs text-bad">
              {issue}
            </p>
          )}
        </>
      )}
      {error === undefined ? null : <ErrorText report={error} live />}
    </Dialog>
  );
}

interface TargetsProps {
  readonly id: string;
  readonly ids: readonly string[];
  readonly onChange: (ids: readonly string[]) => void;
}

/** Environments with unsaved edits are left out: a save from here would overtake the edits. */
function Targets({ id, ids, onChange }: TargetsProps) {
  const list = useFeature('environments', (state) => state.list);
  const drafts = useFeature('drafts', (state) => state);
  const ordered = [...list.filter((one) => one.id === id), ...list.filter((one) => one.id !== id)];
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="pb-1 font-medium">Environments</legend>
      <div className="flex max-h-40 flex-col overflow-auto rounded-md border border-line p-1">
        {ordered.map(({ id: at, name }) => {
          const unsaved = unsavedCount(drafts, at);
          return (
            <Checkbox
              key={at}
              isSelected={ids.includes(at)}
              isDisabled={unsaved > 0}
              onChange={(isChosen) =>
                onChange(isChosen ? [...ids, at] : ids.filter((one) => one !== at))
              }
              className="native-input group flex h-7 shrink-0 cursor-default items-center gap-2 rounded-sm px-1.5 data-disabled:opacity-60 data-hovered:bg-hover"
            >
              <span className="flex size-4 shrink-0 items-center justify-center rounded-xs border border-control bg-raised group-data-selected:border-brass-fill group-data-selected:bg-brass-fill">
                <Check
                  aria-hidden
                  className="size-3 text-brass-ink opacity-0 group-data-selected:opacity-100"
                />
              </span>
              <span className="min-w-0 truncate">{name}</span>
              {unsaved === 0 ? null : (
                <span className="ml-auto shrink-0 text-xs text-brass">Save its edits first</span>
              )}
            </Checkbox>
          );
        })}
      </div>
    </fieldset>
  );
}

const changeWords = {
  added: 'is added',
  replaced: 'is replaced',
  'replaces a reference': 'is a reference now, and is replaced',
} as const;

function Plan({ planned: { generation, plan } }: { readonly planned: Planned }) {
  return (
    <>
      <p className="text-text-2">
        {generation.same && generation.ids.length > 1
          ? 'All environments get the same value, which is '
          : generation.ids.length > 1
            ? 'Each environment gets its own value. Values are '
            : 'The value is '}
        generated and saved without being shown. Nothing has changed yet.
      </p>
      <Lines label="Plan">
        {plan.map(({ id, name, changes, problem }) => (
          <Line key={id} name={name} problem={problem}>
            {changes.map(({ key, change }) => `${key} ${changeWords[change]}`).join(', ')}
          </Line>
        ))}
      </Lines>
    </>
  );
}

const Results = ({ results }: { readonly results: GenerationResult }) => (
  <Lines label="What was saved">
    {results.map(({ id, name, problem }) => (
      <Line key={id} name={name} problem={problem} isDone>
        saved
      </Line>
    ))}
  </Lines>
);

const Lines = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <ul aria-label={label} aria-live="polite" className="flex flex-col gap-2">
    {children}
  </ul>
);

interface LineProps {
  readonly name: string;
  readonly problem: ErrorReport | undefined;
  readonly isDone?: boolean;
  readonly children: ReactNode;
}

const Line = ({ name, problem, isDone = false, children }: LineProps) => (
  <li className="flex flex-col">
    <span className="font-medium break-words">{name}</span>
    {problem === undefined ? (
      <span className="flex gap-1.5 text-xs text-text-2">
        {isDone ? <Check aria-hidden className="mt-0.5 size-3.5 shrink-0 text-good" /> : null}
        <span className="break-words">{children}</span>
      </span>
    ) : (
      <span className="flex gap-1.5 text-xs">
        <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0 text-bad" />
        <ErrorText report={problem} />
      </span>
    )}
  </li>
);
