import { X } from 'lucide-react';
import { createContext, useContext, type ReactNode } from 'react';
import type { ErrorReport } from '@shared/errors';
import { cx } from '../lib/class-names';
import { IconButton } from './button';
import { ErrorDetails, LikelyCause } from './error-text';
import { tones, type Tone } from './tone';

interface CardProps {
  readonly tone: Tone;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** Whether it is to be read out as it appears. */
  readonly live?: boolean;
  /** Without the icon, if there is one beside it already. */
  readonly plain?: boolean;
  readonly onDismiss?: (() => void) | undefined;
}

/** An outcome that stays until it is dealt with. */
export function Card({
  tone,
  title,
  children,
  actions,
  live = false,
  plain = false,
  onDismiss,
}: CardProps) {
  const { icon: Icon, text, border } = tones[tone];
  return (
    <div
      role={live ? 'alert' : undefined}
      className={cx(
        'flex gap-2.5 rounded-md border border-l-3 border-line-strong bg-raised p-3',
        border,
      )}
    >
      {plain ? null : <Icon aria-hidden className={cx('mt-0.5 size-4 shrink-0', text)} />}
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        <p className="font-semibold break-words">{title}</p>
        {children}
        {actions === undefined ? null : (
          <div className="mt-1.5 flex flex-wrap items-center gap-2 empty:hidden">{actions}</div>
        )}
      </div>
      {onDismiss === undefined ? null : (
        <IconButton size="sm" label="Dismiss" onPress={onDismiss} className="-m-1">
          <X aria-hidden className="size-3.5" />
        </IconButton>
      )}
    </div>
  );
}

/** Draws what offers the remedy of an error: the window has pages to lead to, and a card knows none. */
type DrawRemedy = (report: ErrorReport) => ReactNode;

/** For errors that are shown where their remedy cannot be done. */
export const noRemedy: DrawRemedy = () => null;

export const RemedyContext = createContext(noRemedy);

interface ErrorCardProps {
  readonly report: ErrorReport;
  /** `warn` where it works all the same. */
  readonly tone?: 'bad' | 'warn';
  /** What became of the work that failed. */
  readonly note?: string;
  /** Beside the remedy, which is offered already. */
  readonly actions?: ReactNode;
  readonly live?: boolean;
  readonly plain?: boolean;
  readonly onDismiss?: (() => void) | undefined;
}

/** A failure: what happened, what it most likely means, what to do next, and the facts. */
export function ErrorCard({
  report,
  tone = 'bad',
  note,
  actions,
  live = true,
  plain = false,
  onDismiss,
}: ErrorCardProps) {
  const drawRemedy = useContext(RemedyContext);
  return (
    <Card
      // What will pass by itself is no alarm.
      tone={report.code === 'OFFLINE' ? 'info' : tone}
      title={report.message}
      actions={
        <>
          {actions}
          {drawRemedy(report)}
        </>
      }
      live={live}
      plain={plain}
      {...(onDismiss && { onDismiss })}
    >
      {report.cause === undefined ? null : (
        <p className="break-words text-text-2">
          <LikelyCause>{report.cause}</LikelyCause>
        </p>
      )}
      <p className="break-words whitespace-pre-line">{report.hint}</p>
      {note === undefined ? null : <p className="break-words text-text-2">{note}</p>}
      <ErrorDetails report={report} />
    </Card>
  );
}
