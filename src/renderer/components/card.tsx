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
  /** Whether assistive technology reads it out when it appears. */
  readonly live?: boolean;
  /** Leaves the icon out, for places that show one already. */
  readonly plain?: boolean;
  readonly onDismiss?: (() => void) | undefined;
}

/** An outcome that stays until a person deals with it. */
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

/** Draws the buttons for the remedy of an error. They lead to pages, which a card does not know. */
type DrawRemedy = (report: ErrorReport) => ReactNode;

/** For errors whose remedy is not possible where they are shown. */
export const noRemedy: DrawRemedy = () => null;

export const RemedyContext = createContext(noRemedy);

interface ErrorCardProps {
  readonly report: ErrorReport;
  /** `warn` if the work succeeded nevertheless. */
  readonly tone?: 'bad' | 'warn';
  /** The state that the failed work left behind. */
  readonly note?: string;
  /** Shown in addition to the remedy. */
  readonly actions?: ReactNode;
  readonly live?: boolean;
  readonly plain?: boolean;
  readonly onDismiss?: (() => void) | undefined;
}

/** A failure: the message, the likely cause, the next step, and the facts. */
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
      // Being offline is temporary and no reason for alarm.
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
