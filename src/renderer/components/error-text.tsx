/** The text of a failure, for cards and for places too small for a card. */
import type { ReactNode } from 'react';
import type { ErrorReport } from '@shared/errors';
import { adviceOf } from '../lib/advice';
import { cx } from '../lib/class-names';
import { Fold } from './fold';

const facts = ({ code, details }: ErrorReport): readonly (readonly [string, string])[] => {
  const known: readonly (readonly [string, string | number | undefined])[] = [
    ['Code', code],
    ['Server’s name for it', details?.serverCode],
    ['Status', details?.status],
    ['Request', [details?.method, details?.path].filter(Boolean).join(' ')],
    ['Request ID', details?.requestId],
  ];
  return known.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)] as const],
  );
};

interface Props {
  readonly report: ErrorReport;
}

/** Marks the cause as a guess. */
export const LikelyCause = ({ children }: { readonly children: ReactNode }) => (
  <>
    <span className="text-text-3">Likely cause:</span> {children}
  </>
);

/** The facts, for a closer look. */
export const ErrorDetails = ({ report }: Props) => (
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
);

interface ErrorTextProps extends Props {
  readonly live?: boolean;
  readonly className?: string;
}

/** A failure as running text, inside another element. */
export const ErrorText = ({ report, live = false, className }: ErrorTextProps) => (
  <div className={cx('flex min-w-0 flex-col gap-0.5', className)}>
    <p role={live ? 'alert' : undefined} className="break-words whitespace-pre-line">
      {report.message}{' '}
      <span className="text-text-2">
        {report.cause === undefined ? null : (
          <>
            <LikelyCause>{report.cause}</LikelyCause>{' '}
          </>
        )}
        {adviceOf(report)}
      </span>
    </p>
    <ErrorDetails report={report} />
  </div>
);
