import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ErrorReport } from '@shared/errors';
import { cx } from '../lib/class-names';
import { IconButton } from './button';
import { Fold } from './fold';
import { tones, type Tone } from './tone';

interface CardProps {
  readonly tone: Tone;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** Whether it is to be read out as it appears. */
  readonly live?: boolean;
  /** Without the icon, where one stands beside it already. */
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
          <div className="mt-1.5 flex flex-wrap items-center gap-2">{actions}</div>
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

/** An environment's problem is kept with a code that a later version may not know. */
type ShownError = Omit<ErrorReport, 'code'> & { readonly code: string };

const facts = (report: ShownError): readonly (readonly [string, string])[] => {
  const { details } = report;
  const known: readonly (readonly [string, string | number | undefined])[] = [
    ['Code', report.code],
    ['Server’s name for it', details?.serverCode],
    ['Status', details?.status],
    ['Request', [details?.method, details?.path].filter(Boolean).join(' ')],
    ['Request ID', details?.requestId],
  ];
  return known.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)] as const],
  );
};

interface ErrorCardProps {
  readonly report: ShownError;
  /** `warn` where it works all the same. */
  readonly tone?: 'bad' | 'warn';
  /** What became of the work that failed. */
  readonly note?: string;
  readonly actions?: ReactNode;
  readonly live?: boolean;
  readonly plain?: boolean;
  readonly onDismiss?: (() => void) | undefined;
}

/** A failure: what happened, what to do next, and the facts for whoever looks closer. */
export const ErrorCard = ({
  report,
  tone = 'bad',
  note,
  actions,
  live = true,
  plain = false,
  onDismiss,
}: ErrorCardProps) => (
  <Card
    // What will pass by itself is no alarm.
    tone={report.code === 'OFFLINE' ? 'info' : tone}
    title={report.message}
    actions={actions}
    live={live}
    plain={plain}
    {...(onDismiss && { onDismiss })}
  >
    <p className="break-words whitespace-pre-line text-text-2">{report.hint}</p>
    {note === undefined ? null : <p className="break-words text-text-2">{note}</p>}
    <Fold title="Details" quiet>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 gap-y-1 pt-1 text-xs">
        {facts(report).map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-text-2">{name}</dt>
            <dd className="font-mono break-all">{value}</dd>
          </div>
        ))}
      </dl>
    </Fold>
  </Card>
);
