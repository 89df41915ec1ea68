/** The variables that the environments of the workspace are expected to have. */
import { EXPECTED_MAX, expectedWords, type ExpectedVariable } from '@shared/model/expected';
import { readExpected } from '@shared/model/import/read-expected';
import { ChevronRight, FileInput, Plus, Trash2 } from 'lucide-react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { useFeature, useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { Button, IconButton } from '@renderer/components/button';
import { Chip } from '@renderer/components/chip';
import { Dialog } from '@renderer/components/dialog';
import { TextAreaField } from '@renderer/components/text-area';
import { cx } from '@renderer/lib/class-names';
import { plural } from '@renderer/lib/format';
import { FileDrop } from '../../welcome/file-drop';
import { readSource } from '../import/import-plan';
import { formOf, newRules, readForm, ruleOf, type RuleForm, type RuleIssue } from './form';
import { RuleFields } from './rule-fields';

const NONE: readonly ExpectedVariable[] = [];
/** Problems of a pasted text that are named. */
const NAMED = 3;

export function ExpectedDialog({ onClose }: { readonly onClose: () => void }) {
  const { workspaces, environment, announcements } = useStores();
  const { name, expected = NONE } = useFeature('workspaces', ({ current }) => current);
  const [form, setForm] = useState(() => formOf(expected, 1, false));
  const nextId = useRef(expected.length + 1);
  const [open, setOpen] = useState<number>();
  const [issue, setIssue] = useState<RuleIssue>();
  const [message, setMessage] = useState<string>();
  const [busy, setBusy] = useState(false);
  /** The number of variables that are pasted and not added. */
  const [pasted, setPasted] = useState(0);

  const onPasted = useCallback((count: number) => {
    setPasted(count);
    setMessage(undefined);
  }, []);
  const put = (lines: readonly RuleForm[]): void => {
    setForm([...lines]);
    setIssue(undefined);
    setMessage(undefined);
  };
  const add = (rules: readonly ExpectedVariable[]): void => {
    const added = formOf(rules, nextId.current, true);
    nextId.current += added.length;
    put([...form, ...added]);
    if (rules.length === 1) setOpen(added[0]?.id);
  };

  const save = async (): Promise<void> => {
    if (pasted > 0)
      return setMessage(`Add the ${plural(pasted, 'pasted variable')} first, or empty the list.`);
    const read = readForm(form);
    if (!('rules' in read)) {
      setIssue(read.issue);
      setMessage(read.message);
      if (read.issue !== undefined) setOpen(read.issue.id);
      return;
    }
    setBusy(true);
    try {
      await workspaces.getState().setExpected(read.rules);
      await environment.getState().refresh();
      announcements.getState().say(`${plural(read.rules.length, 'variable')} expected.`, 'good');
    } catch (error) {
      setMessage(thrownLine(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      isOpen
      role="alertdialog"
      size="lg"
      title={`Expected variables of ${name}`}
      onClose={onClose}
      actions={
        <>
          {message === undefined ? null : (
            <p role="alert" className="mr-auto self-center text-xs text-bad">
              {issue === undefined ? message : 'Correct the rule that is open.'}
            </p>
          )}
          <Button variant="quiet" onPress={onClose}>
            Cancel
          </Button>
          <Button variant="primary" isBusy={busy} onPress={() => void save()}>
            Save
          </Button>
        </>
      }
    >
      <p className="text-text-2">
        Strongroom checks each environment for these variables, here and in{' '}
        <code>strongroom check</code>. Do not put secrets in a rule: notes and allowed values are
        shown, and are part of an exported set-up.
      </p>
      <Proposal form={form} onAdd={add} onPasted={onPasted} />
      {form.length === 0 ? null : (
        <ul aria-label="Rules" className="flex flex-col border-t border-line">
          {form.map((line) => (
            <RuleLine
              key={line.id}
              line={line}
              isOpen={open === line.id}
              issue={issue?.id === line.id ? issue : undefined}
              onToggle={() => setOpen(open === line.id ? undefined : line.id)}
              onChange={(changed) => put(form.map((one) => (one.id === line.id ? changed : one)))}
              onRemove={() => put(form.filter(({ id }) => id !== line.id))}
            />
          ))}
        </ul>
      )}
    </Dialog>
  );
}

interface LineProps {
  readonly line: RuleForm;
  readonly isOpen: boolean;
  readonly issue: RuleIssue | undefined;
  readonly onToggle: () => void;
  readonly onChange: (line: RuleForm) => void;
  readonly onRemove: () => void;
}

function RuleLine({ line, isOpen, issue, onToggle, onChange, onRemove }: LineProps) {
  const { key, required, under, note, isNew } = line;
  const element = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (issue !== undefined) element.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [issue]);
  const shown = key.trim() === '' ? 'new variable' : key;
  return (
    <li ref={element} className="border-b border-line">
      <div className="flex items-center gap-1">
        {/* A button of React Aria for each of five hundred rules would open the dialog late. */}
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={onToggle}
          className="flex min-w-0 flex-1 cursor-default items-center gap-2 rounded-sm py-1.5 text-left hover:bg-hover"
        >
          <ChevronRight
            aria-hidden
            className={cx(
              'size-3.5 shrink-0 text-text-3 transition-transform',
              isOpen && 'rotate-90',
            )}
          />
          <span className="max-w-1/2 min-w-0 shrink-0 truncate font-mono text-xs" title={key}>
            {shown}
          </span>
          <span className="shrink-0 text-xs text-text-2">{expectedWords(ruleOf(line))}</span>
          {required ? null : <Chip>optional</Chip>}
          {under.trim() === '' ? null : <Chip>{under.trim()}</Chip>}
          {isNew ? <Chip tone="secret">new</Chip> : null}
          <span className="min-w-0 flex-1 truncate text-xs text-text-3">{note}</span>
        </button>
        <IconButton
          size="sm"
          label={`Remove the rule for ${shown}`}
          hint="Remove"
          onPress={() => {
            const beside =
              element.current?.nextElementSibling ?? element.current?.previousElementSibling;
            // Before its button is gone, and the focus with it.
            beside?.querySelector('button')?.focus();
            onRemove();
          }}
        >
          <Trash2 aria-hidden className="size-3.5" />
        </IconButton>
      </div>
      {isOpen ? <RuleFields line={line} issue={issue} onChange={onChange} /> : null}
    </li>
  );
}

interface ProposalProps {
  readonly form: readonly RuleForm[];
  readonly onAdd: (rules: readonly ExpectedVariable[]) => void;
  /** How many variables of the list are not added yet. */
  readonly onPasted: (count: number) => void;
}

/** Takes a `.env.example` or a list of keys, and says what it would add. */
function Proposal({ form, onAdd, onPasted }: ProposalProps) {
  const [text, setText] = useState('');
  const [refusal, setRefusal] = useState<string>();
  const { variables, problems } = readExpected(text);
  const added = newRules(form, variables);
  const room = EXPECTED_MAX - form.length;
  useEffect(() => onPasted(added.length), [onPasted, added.length]);

  const readFile = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const source = await readSource(file);
    setRefusal(source.refusal);
    if (source.text !== undefined) setText(source.text);
  };
  const type = (typed: string): void => {
    setText(typed);
    setRefusal(undefined);
  };
  const issue =
    refusal ??
    (added.length > room
      ? `At most ${String(EXPECTED_MAX)} variables can be expected.`
      : undefined);

  return (
    <FileDrop
      onFile={(file) => void readFile(file)}
      className="flex flex-col gap-2 rounded-md border border-transparent data-drop-target:border-focus"
    >
      <TextAreaField
        label="From a .env.example, or a list of keys"
        stacked
        rows={text === '' ? 2 : 6}
        value={text}
        onChange={type}
        issue={issue}
        help="Comments become notes. A type is proposed if the example is clearly a URL, a number, true or false."
        placeholder={'# What it is for\nDATABASE_URL=postgres://localhost/app'}
      />
      <div className="flex flex-wrap items-center gap-2">
        <output className="min-w-40 flex-1 text-xs text-text-2">
          {text.trim() === '' ? '' : outcomeOf(variables.length, added.length, problems)}
        </output>
        <Button
          size="sm"
          icon={<Plus aria-hidden className="size-3" />}
          onPress={() => onAdd([{ key: '' }])}
        >
          Add one
        </Button>
        <FileTrigger onSelect={(files) => void readFile(files?.[0])}>
          <Button size="sm" icon={<FileInput aria-hidden className="size-3" />}>
            Choose a file…
          </Button>
        </FileTrigger>
        <Button
          size="sm"
          isDisabled={added.length === 0 || issue !== undefined}
          onPress={() => {
            onAdd(added);
            type('');
          }}
        >
          {added.length === 0 ? 'Add' : `Add ${plural(added.length, 'variable')}`}
        </Button>
      </div>
    </FileDrop>
  );
}

function outcomeOf(
  read: number,
  added: number,
  problems: readonly { readonly line: number }[],
): string {
  const lines = problems.slice(0, NAMED).map(({ line }) => String(line));
  const more = problems.length > NAMED ? ' and others' : '';
  const left = problems.length === 0 ? '' : ` Not read in full: line ${lines.join(', ')}${more}.`;
  const there = read === added ? '' : `, ${String(read - added)} there already`;
  return `${plural(read, 'variable')}${there}.${left}`;
}
