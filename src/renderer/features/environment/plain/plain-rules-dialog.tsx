/** The rules of the workspace for plain variables. */
import { plainKeys, plainPatternsSchema, suggestedPatterns } from '@shared/model/plain-patterns';
import { useMemo, useState } from 'react';
import { useFeature, useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { Button } from '@renderer/components/button';
import { Dialog } from '@renderer/components/dialog';
import { TextAreaField } from '@renderer/components/text-area';
import { plural } from '@renderer/lib/format';
import type { Variable } from '@shared/model/variable';

const ROWS = 8;
const NONE: readonly Variable[] = [];

const linesOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));

export function PlainRulesDialog({ onClose }: { readonly onClose: () => void }) {
  const { workspaces, environment, announcements } = useStores();
  const { name, plainPatterns } = useFeature('workspaces', ({ current }) => current);
  const variables = useFeature('environment', ({ data }) => data?.variables ?? NONE);
  const [text, setText] = useState((plainPatterns ?? suggestedPatterns).join('\n'));
  const [busy, setBusy] = useState(false);
  const [issue, setIssue] = useState<string>();
  const missing = suggestedPatterns.filter((pattern) => !linesOf(text).includes(pattern));
  const matched = useMemo(() => {
    const parsed = plainPatternsSchema.safeParse(linesOf(text));
    return parsed.success ? variables.map(({ key }) => key).filter(plainKeys(parsed.data)) : [];
  }, [text, variables]);

  const save = async (): Promise<void> => {
    const parsed = plainPatternsSchema.safeParse(linesOf(text));
    if (!parsed.success) {
      const [first] = parsed.error.issues;
      const line = typeof first?.path[0] === 'number' ? linesOf(text)[first.path[0]] : undefined;
      return setIssue(line === undefined ? first?.message : `${line}: ${first?.message ?? ''}`);
    }
    setBusy(true);
    try {
      await workspaces.getState().setPlainPatterns(parsed.data);
      await environment.getState().refresh();
      announcements.getState().say(`Rules of ${name} saved.`);
      onClose();
    } catch (error) {
      setIssue(thrownLine(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      isOpen
      title={`Plain variables of ${name}`}
      onClose={onClose}
      actions={
        <>
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
        A variable whose key matches one of these patterns shows its value. A mark on a variable
        overrides every pattern.
      </p>
      <TextAreaField
        label="Patterns, one per line"
        stacked
        rows={ROWS}
        value={text}
        onChange={(typed) => {
          setText(typed);
          setIssue(undefined);
        }}
        issue={issue}
        help="* is any number of characters. A pattern with * leaves out keys that name a credential, such as LOG_TOKEN."
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- opened to type into it
        autoFocus
      />
      <div className="flex flex-wrap items-center justify-between gap-2">
        <output className="min-w-40 flex-1 text-xs text-text-2">
          {variables.length === 0
            ? ''
            : matched.length === 0
              ? 'Matches no key of the open environment.'
              : `Matches ${plural(matched.length, 'key')} of the open environment.`}
        </output>
        <Button
          size="sm"
          isDisabled={missing.length === 0}
          onPress={() => setText([...linesOf(text), ...missing].join('\n'))}
        >
          Add the usual ones
        </Button>
      </div>
    </Dialog>
  );
}
