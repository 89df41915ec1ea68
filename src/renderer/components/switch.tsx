import { useId } from 'react';
import { Switch as AriaSwitch, type SwitchProps } from 'react-aria-components';

interface Props extends Omit<SwitchProps, 'className' | 'style' | 'children'> {
  readonly label: string;
  readonly help?: string | undefined;
}

export function Switch({ label, help, ...props }: Props) {
  const id = useId();
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 @min-[31rem]:grid-cols-[7rem_minmax(0,1fr)] @min-[36rem]:grid-cols-[8.5rem_minmax(0,1fr)]">
      <span id={`${id}-label`} className="font-medium">
        {label}
      </span>
      <AriaSwitch
        {...props}
        aria-labelledby={`${id}-label`}
        {...(help === undefined ? {} : { 'aria-describedby': `${id}-help` })}
        className="native-input group flex h-7 w-fit cursor-default items-center rounded-full"
      >
        <SwitchTrack />
      </AriaSwitch>
      {help === undefined ? null : (
        <p
          id={`${id}-help`}
          className="col-span-2 text-xs text-text-2 @min-[31rem]:col-span-1 @min-[31rem]:col-start-2"
        >
          {help}
        </p>
      )}
    </div>
  );
}

/** A switch with the label at its right, for a bar. */
export const InlineSwitch = ({ label, ...props }: Omit<Props, 'help'>) => (
  <AriaSwitch
    {...props}
    className="native-input group flex h-7 w-fit max-w-full min-w-0 cursor-default items-center gap-2.5 rounded-sm pr-1 data-disabled:opacity-50"
  >
    <SwitchTrack />
    <span className="min-w-0 truncate">{label}</span>
  </AriaSwitch>
);

const SwitchTrack = () => (
  <span className="flex h-4.5 w-7.5 shrink-0 items-center rounded-full border border-control bg-sunken p-px transition-colors group-data-selected:border-brass-fill group-data-selected:bg-brass-fill">
    <span className="size-3.5 rounded-full bg-control transition-transform group-data-selected:translate-x-3 group-data-selected:bg-brass-ink" />
  </span>
);
