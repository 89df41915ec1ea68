/**
 * The requests that wait for a person, across the top of the window, over every page and every dialog. It takes
 * neither the focus nor a key that is typed elsewhere; see docs/decisions/0045-asking-a-person.md.
 */
import { commandTable } from '@shared/commands';
import type { ApprovalAnswer, PendingApproval } from '@shared/model/approval';
import { KeyRound } from 'lucide-react';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { shortcutOf } from '@renderer/app/shortcuts';
import { useStores } from '@renderer/app/stores';
import { useCommand } from '@renderer/app/use-command';
import { errorReport } from '@renderer/bridge';
import { Button } from '@renderer/components/button';
import { TextLink } from '@renderer/components/text-link';
import { cx } from '@renderer/lib/class-names';
import { plural } from '@renderer/lib/format';
import { useNotifications } from './notifications';
import { useArmed } from './use-armed';
import { callerDetails, callerName, questionSentence } from './words';

export function ApprovalBanner() {
  const { approvals, announcements, info } = useStores();
  const waiting = useStore(approvals, (state) => state.waiting);
  const [question] = waiting;
  const section = useRef<HTMLElement>(null);
  const strip = useRef<HTMLDivElement>(null);
  const armed = useArmed(question?.id);
  const focusBanner = useCallback(() => section.current?.focus(), []);
  useCommand('waiting-request', question === undefined ? undefined : focusBanner);
  useFocusOfQuestions(section, question?.id);
  useCoveredTop(strip);
  const { enable } = useNotifications(waiting, {
    isOn: info.host === 'browser',
    onClick: focusBanner,
  });

  const answer = async (id: string, how: ApprovalAnswer): Promise<void> => {
    const { say } = announcements.getState();
    try {
      if (await approvals.getState().answer(id, how)) return;
      say('This was answered elsewhere, or its time was over.', 'info');
    } catch (error) {
      say(errorReport(error).message, 'bad');
    }
  };

  return (
    // The attribute keeps it in reach while a dialog is open.
    <div ref={strip} data-react-aria-top-layer className="relative z-50">
      <div role="alert" className="sr-only">
        {question === undefined
          ? null
          : `${questionSentence(question)} ${countWords(waiting.length)} To answer, press ${shortcutOf('waiting-request') ?? ''}.`}
      </div>
      {question === undefined ? null : (
        <section
          ref={section}
          tabIndex={-1}
          aria-label="Waiting request"
          className="flex flex-wrap items-start gap-x-5 gap-y-2.5 border-b-2 border-brass-fill bg-brass-wash px-5 py-3 focus-visible:-outline-offset-2"
        >
          <KeyRound aria-hidden className="mt-0.5 size-4.5 shrink-0 text-brass" />
          <Question question={question} />
          <div className="ml-auto flex flex-col items-end gap-1.5">
            <Answers
              armed={armed}
              onAnswer={(how) => void answer(question.id, how)}
              {...(waiting.length > 1 && {
                onDenyAll: () => {
                  for (const { id } of waiting) void answer(id, 'deny');
                },
              })}
            />
            <p className="flex items-center gap-3 text-xs text-text-2 tabular-nums">
              {enable === undefined ? null : (
                <TextLink onPress={enable}>Notify me about others</TextLink>
              )}
              {waiting.length > 1 ? <span>{countWords(waiting.length)}</span> : null}
              <TimeLeft until={question.until} />
              <kbd
                className="rounded-xs border border-control px-1 font-sans text-2xs"
                title={commandTable['waiting-request'].title}
              >
                {shortcutOf('waiting-request')}
              </kbd>
            </p>
          </div>
        </section>
      )}
    </div>
  );
}

/** Lets dialogs begin below the strip: see `--covered-top` in styles.css. */
function useCoveredTop(strip: React.RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => {
      style.setProperty('--covered-top', `${String(strip.current?.offsetHeight ?? 0)}px`);
    });
    if (strip.current !== null) observer.observe(strip.current);
    return () => {
      observer.disconnect();
      style.removeProperty('--covered-top');
    };
  }, [strip]);
}

const countWords = (count: number): string =>
  count === 1 ? '' : `The first of ${plural(count, 'request')} that wait.`;

/**
 * A question that takes the place of another one gives the focus back to the banner as a whole: Enter, meant for the
 * one before, does nothing then. After the last one, the focus goes back to where it was before.
 */
function useFocusOfQuestions(
  section: React.RefObject<HTMLElement | null>,
  id: string | undefined,
): void {
  const before = useRef<HTMLElement>(undefined);
  const isInside = useRef(false);

  useEffect(() => {
    const onFocusIn = ({ target, relatedTarget }: FocusEvent): void => {
      const inside = target instanceof Node && section.current?.contains(target) === true;
      if (inside && !isInside.current) {
        before.current = relatedTarget instanceof HTMLElement ? relatedTarget : undefined;
      }
      isInside.current = inside;
    };
    document.addEventListener('focusin', onFocusIn);
    return () => document.removeEventListener('focusin', onFocusIn);
  }, [section]);

  useLayoutEffect(() => {
    if (!isInside.current) return;
    if (id !== undefined) return section.current?.focus();
    isInside.current = false;
    if (before.current?.isConnected === true) before.current.focus();
  }, [section, id]);
}

function Question({ question }: { readonly question: PendingApproval }) {
  const { grant, method, host, path, reason } = question;
  const details = callerDetails(question);
  return (
    <div className="flex min-w-96 flex-1 flex-col gap-1">
      <p className="break-words">
        <bdi className="font-semibold">{callerName(question)}</bdi>
        {details === '' ? null : (
          <span className="text-text-2">
            {' '}
            (<bdi>{details}</bdi>)
          </span>
        )}{' '}
        wants to use the grant <bdi className="font-semibold">{grant.name}</bdi> for
      </p>
      <p className="font-mono text-xs break-all">
        <bdi>
          <strong className="font-semibold">
            {method} {host}
          </strong>
          {path}
        </bdi>
      </p>
      <p className="[overflow-wrap:anywhere]">
        {reason === undefined ? (
          <span className="text-text-2">It gave no reason.</span>
        ) : (
          <>
            <span className="text-text-2">Its reason: </span>
            <bdi>{reason}</bdi>
          </>
        )}
      </p>
      <p className="text-2xs text-text-2">
        “Allow for ten minutes” covers {method} requests of this program to this host.
      </p>
    </div>
  );
}

interface AnswersProps {
  readonly armed: boolean;
  readonly onAnswer: (how: ApprovalAnswer) => void;
  readonly onDenyAll?: () => void;
}

function Answers({ armed, onAnswer, onDenyAll }: AnswersProps) {
  const whenArmed = (work: () => void) =>
    armed ? { onPress: work } : { 'aria-disabled': true as const };
  const className = cx(!armed && 'opacity-60');
  return (
    <div className="flex flex-wrap justify-end gap-2">
      <Button variant="primary" className={className} {...whenArmed(() => onAnswer('once'))}>
        Allow once
      </Button>
      <Button className={className} {...whenArmed(() => onAnswer('ten-minutes'))}>
        Allow for ten minutes
      </Button>
      <Button className={className} {...whenArmed(() => onAnswer('deny'))}>
        Deny
      </Button>
      {onDenyAll === undefined ? null : (
        <Button variant="quiet" className={className} {...whenArmed(onDenyAll)}>
          Deny all
        </Button>
      )}
    </div>
  );
}

function TimeLeft({ until }: { readonly until: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.ceil((until - now) / 1000));
  return <span>{`${String(seconds)} s left`}</span>;
}
