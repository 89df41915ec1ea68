/** Edit as text: the variables as `.env`, applied as unsaved edits. */
import type { OpenEnvironment } from '@shared/model/open-environment';
import type { ErrorReport } from '@shared/errors';
import { TriangleAlert } from 'lucide-react';
import {
  Suspense,
  lazy,
  startTransition,
  useDeferredValue,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import { useStores } from '@renderer/app/stores';
import { errorReport } from '@renderer/bridge';
import { Button } from '@renderer/components/button';
import { ActionBar } from '@renderer/components/page';
import { ErrorCard } from '@renderer/components/card';
import { Spinner } from '@renderer/components/spinner';
import { cx } from '@renderer/lib/class-names';
import { formatCount, plural } from '@renderer/lib/format';
import { onAway } from '@renderer/lib/on-away';
import { rowsOf, type Draft } from '../draft';
import { useCopyText } from '../use-copy-text';
import {
  applyText,
  environmentText,
  readText,
  type EnvironmentText,
  type TextChanges,
} from './text-changes';

const CodeEditor = lazy(async () => ({ default: (await import('./code-editor')).CodeEditor }));

export function TextPane({ data }: { readonly data: OpenEnvironment }) {
  const { client, environment, drafts } = useStores();
  const { id } = data.environment;
  const [before, setBefore] = useState<EnvironmentText>();
  const [error, setError] = useState<ErrorReport>();
  const { base, variables } = data;

  useEffect(() => {
    let isLeft = false;
    const read = async (): Promise<void> => {
      try {
        const { values } = await client.environments.revealAll({ id });
        const draft = drafts.getState().histories.get(id)?.present;
        if (!isLeft) setBefore(environmentText(rowsOf(variables, draft), values));
      } catch (thrown) {
        if (!isLeft) setError(errorReport(thrown));
      }
    };
    void read();
    return () => {
      isLeft = true;
    };
    // Values that are pulled while the text is edited do not change the text: see `isStale` below.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [client, drafts, id]);

  const close = (): void => environment.getState().setMode('grid');
  if (error !== undefined) {
    return (
      <div className="max-w-2xl p-5">
        <ErrorCard report={error} actions={<Button onPress={close}>Back to the grid</Button>} />
      </div>
    );
  }
  if (before === undefined || base === undefined) {
    return (
      <div className="flex flex-1 items-center justify-center gap-2 text-text-2">
        <Spinner /> Reading the values
      </div>
    );
  }
  return <TextForm data={data} before={before} onClose={close} />;
}

interface Props {
  readonly data: OpenEnvironment;
  readonly before: EnvironmentText;
  readonly onClose: () => void;
}

/** Reading thousands of lines takes longer than a frame, so a long text is read when its typing pauses. */
const LONG = 50_000;
const PAUSE_MS = 150;

/** The text to read: the newest one, or of a long text one that is up to a pause older. */
function useRead(text: string): string {
  const deferred = useDeferredValue(text);
  const [paused, setPaused] = useState(text);
  const isLong = text.length > LONG;
  useEffect(() => {
    if (!isLong) return undefined;
    const timer = setTimeout(() => startTransition(() => setPaused(text)), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text, isLong]);
  return isLong ? paused : deferred;
}

function TextForm({ data, before, onClose }: Props) {
  const { drafts, environment, preferences } = useStores();
  const [text, setText] = useState(before.text);
  const read = useRead(text);
  const changes = useMemo(() => readText(read, before), [read, before]);
  const lines = useMemo(() => changes.problems.map(({ line }) => line), [changes]);
  const noteId = useId();
  const [startedOn] = useState(data.base);
  const isStale = startedOn !== data.base;
  const copyText = useCopyText();
  const frame = useRef<HTMLDivElement>(null);
  // The text holds values, and they are only for people who are at the window.
  const [isCovered, setCovered] = useState(false);
  useEffect(
    () =>
      onAway(
        () => setCovered(true),
        () => preferences.getState().hidesOnBlur,
      ),
    [preferences],
  );
  const uncover = (): void => {
    flushSync(() => setCovered(false));
    frame.current?.querySelector<HTMLElement>('[contenteditable]')?.focus();
  };
  const count = changes.added + changes.changed + changes.removed;

  // Lock keeps what is being typed, also what was not read yet.
  const { id } = data.environment;
  const unread = useRef((): TextChanges | undefined => undefined);
  useEffect(() => {
    unread.current = () => (read === text ? undefined : readText(text, before));
  });
  const isTyped = (count > 0 || read !== text) && !isStale;
  useEffect(() => {
    const { base, variables } = data;
    const alter = (draft: Draft): Draft =>
      applyText(draft, variables, before, (unread.current() ?? changes).entries);
    const isBehind = (): boolean => unread.current() !== undefined;
    const typing = isTyped && base !== undefined ? { base, alter, isBehind } : undefined;
    drafts.getState().type(id, typing);
  }, [drafts, id, data, before, changes, isTyped]);
  useEffect(() => () => drafts.getState().type(id, undefined), [drafts, id]);

  const make = (): void => {
    const { added, changed, removed, entries } = unread.current() ?? changes;
    if (added + changed + removed === 0 || isStale) return;
    environment.getState().alter((draft) => applyText(draft, data.variables, before, entries));
  };
  const isDone = useRef(false);
  const end = (): void => {
    isDone.current = true;
    onClose();
  };
  const apply = (): void => {
    make();
    end();
  };

  // Leaving the page in another way keeps the typed text as unsaved edits.
  const leave = useRef(make);
  useEffect(() => {
    leave.current = make;
  });
  useLayoutEffect(
    () => () => {
      if (!isDone.current) leave.current();
    },
    [],
  );

  return (
    <section aria-label="Edit as text" className="flex min-h-0 flex-1 flex-col">
      <p id={noteId} className="px-5 py-2.5 text-xs text-text-2">
        One <span className="font-mono text-text">KEY=value</span> a line, as in a .env file. Apply
        turns your changes into unsaved edits; nothing is saved yet.
      </p>
      {/* The frame of the focus is above the gutter of the editor, which has a z-index of 200. */}
      <div className="relative min-h-0 flex-1 border-y border-line after:pointer-events-none after:absolute after:inset-0 after:z-[201] after:border after:border-transparent focus-within:after:border-focus">
        <div ref={frame} className={cx('h-full', isCovered && 'invisible')}>
          <Suspense
            fallback={
              <div className="flex h-full items-center justify-center gap-2 text-text-2">
                <Spinner /> Opening the editor
              </div>
            }
          >
            <CodeEditor
              label="Variables as text"
              initial={before.text}
              onChange={setText}
              onCopy={(copied) => void copyText(copied)}
              problemLines={lines}
              describedBy={noteId}
            />
          </Suspense>
        </div>
        {isCovered ? (
          <div className="absolute inset-0 flex flex-col items-center justify-center gap-3 bg-raised">
            <p className="text-text-2">Hidden since you left the window.</p>
            <Button onPress={uncover}>Show the text</Button>
          </div>
        ) : null}
      </div>
      <Problems problems={changes.problems} />
      <UntouchedNote before={before} />
      <ActionBar>
        <output className="min-w-40 flex-1 text-text-2 tabular-nums">
          {isStale
            ? 'The variables were pulled again meanwhile. Cancel and start over.'
            : count === 0
              ? 'No changes'
              : `${formatCount(changes.added)} added, ${formatCount(changes.changed)} changed, ${formatCount(changes.removed)} removed`}
        </output>
        <Button variant="quiet" onPress={end}>
          Cancel
        </Button>
        <Button variant="primary" isDisabled={count === 0 || isStale} onPress={apply}>
          Apply
        </Button>
      </ActionBar>
    </section>
  );
}

const Problems = ({
  problems,
}: {
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}) =>
  problems.length === 0 ? null : (
    <ul
      aria-label="Problems"
      aria-live="polite"
      className="max-h-28 shrink-0 overflow-auto border-b border-line bg-warn-wash px-5 py-2 text-xs"
    >
      {problems.map(({ line, message }, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- one line can have several, in order
        <li key={index} className="flex gap-2">
          <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0 text-warn" />
          <span className="shrink-0 text-text-2 tabular-nums">Line {line}</span>
          <span className="break-words">{message}</span>
        </li>
      ))}
    </ul>
  );

function UntouchedNote({ before }: { readonly before: EnvironmentText }) {
  const disabled = before.untouched.filter(({ reason }) => reason === 'disabled');
  const keys = before.untouched.filter(({ reason }) => reason === 'key');
  const parts = [
    disabled.length > 0
      ? `${plural(disabled.length, 'disabled variable')} (${disabled.map(({ key }) => key).join(', ')})`
      : '',
    keys.length > 0
      ? `${plural(keys.length, 'variable')} that a .env file cannot hold (${keys.map(({ key }) => key).join(', ')})`
      : '',
  ].filter(Boolean);
  if (parts.length === 0) return null;
  return (
    <p className="max-h-16 shrink-0 overflow-auto border-b border-line px-5 py-2 text-xs break-words text-text-2">
      Not in this text and left unchanged: {parts.join(' and ')}.
    </p>
  );
}
