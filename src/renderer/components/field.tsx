/** The frame of a form field: label at the left (above, if it is narrow), help or the issue below. */
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Label, Text } from 'react-aria-components';
import { cx } from '../lib/class-names';

/** Two columns if there is room, else the label above its field. */
export const fieldRow =
  'grid grid-cols-1 gap-x-4 gap-y-1 @min-[31rem]:grid-cols-[7rem_minmax(0,1fr)] @min-[36rem]:grid-cols-[8.5rem_minmax(0,1fr)]';

export const fieldLabel = 'font-medium text-text @min-[31rem]:pt-1.25';

/** For a field that needs the whole width. */
export const fieldStack = 'flex flex-col gap-1';

export interface FieldProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly issue?: string | undefined;
  readonly optional?: boolean | undefined;
}

export const FieldLabel = ({
  label,
  stacked = false,
}: {
  readonly label: string;
  readonly stacked?: boolean;
}) => <Label className={stacked ? 'font-medium' : fieldLabel}>{label}</Label>;

/** The issue takes the place of the help, which keeps its height, so that nothing below moves up. */
export function FieldHelp({ help, issue, optional }: Omit<FieldProps, 'label'>) {
  const text = [optional === true ? 'Optional.' : undefined, help].filter(Boolean).join(' ');
  if (issue === undefined) {
    if (text === '') return null;
    return (
      <Text slot="description" className="text-xs text-text-2">
        {text}
      </Text>
    );
  }
  return (
    <div className="grid text-xs *:[grid-area:1/1]">
      {text === '' ? null : (
        <span aria-hidden className="invisible">
          {text}
        </span>
      )}
      <Text slot="errorMessage" className="flex gap-1.5 text-bad">
        <CircleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
        {issue}
      </Text>
    </div>
  );
}

export const FieldBody = ({
  children,
  className,
}: {
  readonly children: ReactNode;
  readonly className?: string;
}) => <div className={cx('flex min-w-0 flex-col gap-1', className)}>{children}</div>;
