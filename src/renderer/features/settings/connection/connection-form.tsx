import { choicesFor } from '@shared/model/sign-in-choices';
import { providerFacts } from '@shared/providers/facts';
import { isFieldShown, type FieldDescriptor, type FieldIssues } from '@shared/providers/descriptor';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { SegmentedChoice } from '@renderer/components/choice';
import { ComboField } from '@renderer/components/combo-field';
import { Fold } from '@renderer/components/fold';
import { Switch } from '@renderer/components/switch';
import { TextField } from '@renderer/components/text-field';
import { ExpiryLine } from '../../provider-status/expiry-line';
import { CredentialField } from './credential-field';
import { afterPress } from '@renderer/lib/after-press';
import { cx } from '@renderer/lib/class-names';
import { isInUse } from './form';
import { Proposal } from './proposal';
import { ProviderChoice } from './provider-choice';
import { SaveOutcome } from './save-outcome';
import { SignInField } from './sign-in-field';
import { shownIssues } from './shown-issues';
import { hasUnsavedChanges, isSavedAsShown } from './store';
import { useShallow } from 'zustand/react/shallow';

/** The first field with an issue, in the order of the form. */
const firstFaulty = (fields: readonly FieldDescriptor[], issues: FieldIssues): string | undefined =>
  fields.find(({ name }) => issues[name] !== undefined)?.name;

/** Focuses a field: the selected option of a choice, or the button that replaces a stored credential. */
function focusField(form: HTMLElement | null, name: string): void {
  const frame = form?.querySelector(`[data-field="${name}"]`);
  const control =
    frame?.querySelector<HTMLElement>('input:checked') ?? frame?.querySelector('input');
  (control ?? frame?.querySelector('button'))?.focus();
}

/** Sought fields that had the focus once: coming back to the page later does not focus them again. */
const served = new WeakSet<object>();

interface FieldsProps {
  readonly fields: readonly FieldDescriptor[];
}

export function ConnectionForm({ onStarted }: { readonly onStarted: () => void }) {
  const { connection, navigation, pull } = useStores();
  const provider = useFeature('connection', (state) => state.provider);
  const values = useFeature('connection', (state) => state.drafts[state.provider].values);
  // What is typed meanwhile would be lost with the form that is replaced.
  const isReplaced = useFeature('connection', (state) => state.rescoping);
  const form = useRef<HTMLDivElement>(null);
  const descriptor = providerFacts[provider];
  const shown = descriptor.fields.filter((field) => isFieldShown(field, values));

  useEffect(() => {
    void connection.getState().loadOffer(provider);
  }, [connection, provider]);

  const focusFaulty = (issues: FieldIssues | undefined): void => {
    if (issues === undefined) return;
    focusField(form.current, firstFaulty(descriptor.fields, issues) ?? '');
  };

  const sought = useFeature('connection', (state) => state.sought);
  useEffect(() => {
    if (sought === undefined || served.has(sought)) return undefined;
    // One frame later, the fold around the field is open.
    const frame = requestAnimationFrame(() => {
      served.add(sought);
      focusField(form.current, sought.name);
    });
    return () => cancelAnimationFrame(frame);
  }, [sought]);

  const test = async (): Promise<void> => {
    const outcome = connection.getState().startTest();
    onStarted();
    focusFaulty(await outcome);
  };
  const { save: startSave, retrySave } = connection.getState();
  const save = async (next?: () => void): Promise<void> => focusFaulty(await startSave(next));
  const retry = async (): Promise<void> => focusFaulty(await retrySave());

  /** Goes on with what is in the form: saves it first if it is not saved. */
  const withForm = (go: () => void): void => {
    if (isSavedAsShown(connection.getState())) go();
    else void save(go);
  };
  const pullAll = (): void =>
    withForm(() => {
      void pull.getState().pullAll();
      onStarted();
    });
  const pushAll = (): void => withForm(() => navigation.getState().go({ screen: 'push' }));

  return (
    <div ref={form} className="@container flex min-w-0 flex-col @min-[52rem]:min-h-0">
      <FormScroller inert={isReplaced}>
        <ProviderChoice
          provider={provider}
          onChange={(chosen) => connection.getState().chooseProvider(chosen)}
        />
        <hr className="border-line" />
        <Proposal />
        <Fields fields={shown.filter(({ more }) => more !== true)} />
        <MoreFields key={provider} fields={shown.filter(({ more }) => more === true)} />
        <SaveOutcome onRetry={() => void retry()} />
      </FormScroller>
      <Actions
        onTest={() => void test()}
        onSave={() => void save()}
        onPullAll={pullAll}
        onPushAll={pushAll}
      />
    </div>
  );
}

/** Next to the outcome the fields scroll separately, and the buttons stay below them. */
const FormScroller = ({
  children,
  inert,
}: {
  readonly children: ReactNode;
  readonly inert: boolean;
}) => (
  <div inert={inert} className="min-h-0 flex-1 overflow-auto">
    <div className="flex max-w-155 flex-col gap-3.5 px-5 py-4.5">{children}</div>
  </div>
);

const Fields = ({ fields }: FieldsProps) =>
  fields.map((field) => (
    <div key={field.name} data-field={field.name}>
      <Field field={field} />
    </div>
  ));

/** Fields that most people leave alone. The fold is open if one is in use or has an issue. */
function MoreFields({ fields }: FieldsProps) {
  const inUse = useFeature('connection', ({ provider, drafts }) =>
    fields.some(({ name }) => isInUse(provider, drafts[provider], name)),
  );
  const faulty = useFeature('connection', (state) => {
    const issues = shownIssues(state);
    return fields.some(({ name }) => issues[name] !== undefined);
  });
  // If the fold was open at first, it stays open while its last field is being cleared.
  const [chosen, setChosen] = useState(inUse ? true : undefined);
  const { connection } = useStores();
  const isSought = useFeature('connection', ({ sought }) =>
    fields.some(({ name }) => name === sought?.name),
  );
  const onOpenChange = (open: boolean): void => {
    connection.getState().forgetSought();
    setChosen(open);
  };
  if (fields.length === 0) return null;
  return (
    <Fold
      title="More ways to connect"
      level={2}
      open={faulty || isSought || (chosen ?? inUse)}
      onOpenChange={onOpenChange}
    >
      <div className="flex flex-col gap-3.5 pt-1.5">
        <Fields fields={fields} />
      </div>
    </Fold>
  );
}

const NO_CHOICES: readonly string[] = [];

function Field({ field }: { readonly field: FieldDescriptor }) {
  const { connection } = useStores();
  const { setValue, touch } = connection.getState();
  const value = useFeature(
    'connection',
    (state) => state.drafts[state.provider].values[field.name],
  );
  const issue = useFeature('connection', (state) => shownIssues(state)[field.name]);
  const choices = useFeature(
    'connection',
    useShallow(
      ({ offers, choices: signedIn, drafts, provider }) =>
        (signedIn[provider] &&
          choicesFor(signedIn[provider], drafts[provider].values, field.name)) ??
        offers[provider]?.choices?.[field.name],
    ),
  );
  const names = useFeature('connection', (state) => state.choices[state.provider]?.names);
  const { name, label, help, optional } = field;

  switch (field.kind) {
    case 'text':
      if (field.hasChoices === true) {
        return (
          <ComboField
            label={label}
            help={help}
            issue={issue}
            optional={optional}
            opens="manual"
            options={choices ?? NO_CHOICES}
            {...(names !== undefined && { names })}
            {...(field.placeholder !== undefined && { placeholder: field.placeholder })}
            value={typeof value === 'string' ? value : ''}
            onChange={(text) => setValue(name, text)}
            onBlur={() => afterPress(() => touch(name))}
          />
        );
      }
      return (
        <TextField
          label={label}
          help={help}
          issue={issue}
          optional={optional}
          placeholder={field.placeholder}
          value={typeof value === 'string' ? value : ''}
          onChange={(text) => setValue(name, text)}
          onBlur={() => afterPress(() => touch(name))}
        />
      );
    case 'credential':
      return field.signIn === true ? (
        <SignInField field={field} issue={issue} />
      ) : (
        <CredentialField field={field} issue={issue} />
      );
    case 'choice':
      return (
        <SegmentedChoice
          label={label}
          help={help}
          issue={issue}
          options={field.options}
          value={typeof value === 'string' && value !== '' ? value : null}
          onChange={(chosen) => setValue(name, chosen)}
        />
      );
    case 'switch':
      return (
        <Switch
          label={label}
          help={help}
          isSelected={value === true}
          onChange={(on) => setValue(name, on)}
        />
      );
  }
}

interface ActionsProps {
  readonly onTest: () => void;
  readonly onSave: () => void;
  readonly onPullAll: () => void;
  readonly onPushAll: () => void;
}

function Actions({ onTest, onSave, onPullAll, onPushAll }: ActionsProps) {
  const { connection } = useStores();
  const workspace = useFeature('workspaces', (all) => all.current.name);
  const state = useFeature(
    'connection',
    useShallow((all) => ({
      testing: all.test?.phase === 'running',
      saving: all.saving,
      unsaved: hasUnsavedChanges(all),
      own: all.scope === 'workspace',
      saved: all.settings.providers[all.settings.provider].saved,
      asShown: isSavedAsShown(all),
    })),
  );
  const pulling = useFeature('pull', (all) => all.run.phase === 'running');
  return (
    <div className="sticky bottom-0 z-10 border-t border-line bg-panel px-5 pt-2.5 pb-1.5">
      <div className="flex max-w-145 flex-wrap items-center gap-2">
        {state.testing ? (
          <Button onPress={() => connection.getState().cancelTest()}>Cancel test</Button>
        ) : (
          <Button onPress={onTest}>Test Connection</Button>
        )}
        <Button
          variant="primary"
          isBusy={state.saving}
          aria-describedby="save-scope"
          onPress={onSave}
        >
          Save
        </Button>
        <div className="ml-auto flex flex-wrap justify-end gap-2">
          <Button isBusy={pulling} onPress={onPullAll}>
            {state.asShown ? 'Pull All' : 'Save and pull'}
          </Button>
          <Button onPress={onPushAll}>{state.asShown ? 'Push All' : 'Save and push'}</Button>
        </div>
      </div>
      {/* Always in the page, so that the form does not move when its state changes. */}
      <div className="flex min-h-7 max-w-145 flex-wrap items-center gap-x-2 text-2xs text-text-3">
        <output className={cx('flex items-center gap-1.5', state.unsaved && 'text-brass')}>
          {state.unsaved ? (
            <span aria-hidden className="size-1.5 rounded-full bg-brass-fill" />
          ) : null}
          {state.saving
            ? 'Saving'
            : state.unsaved
              ? 'Unsaved changes'
              : state.saved
                ? 'Saved'
                : 'Not saved yet'}
        </output>
        {state.unsaved ? (
          <Button variant="quiet" size="sm" onPress={() => connection.getState().discard()}>
            Discard
          </Button>
        ) : null}
        <span id="save-scope">
          {state.own
            ? `Applies to ${workspace} only.`
            : 'Applies to every workspace that uses the defaults.'}
        </span>
        {state.unsaved ? null : <ExpiryLine />}
      </div>
    </div>
  );
}
