import type { Environment } from '@shared/model/environment';
import { layoutOf, pathIn, type Layout } from '@shared/model/layout';
import { providerFacts } from '@shared/providers/facts';
import { useState } from 'react';
import { Input, Label, TextField } from 'react-aria-components';
import { useCommand } from '@renderer/app/use-command';
import { useFeature, useStores } from '@renderer/app/stores';
import { SegmentedChoice } from '@renderer/components/choice';
import { Spinner } from '@renderer/components/spinner';
import { InlineSwitch } from '@renderer/components/switch';
import { SwitchOffDialog } from './switch-off-dialog';

/** The switch, and the path to link to while it is off. */
export function SyncSwitch({ environment }: { readonly environment: Environment }) {
  const { sync } = useStores();
  const { id, synced, path } = environment;
  const [isLeaving, setLeaving] = useState(false);
  const provider = useFeature('connection', ({ settings }) => settings.provider);
  const typed = useFeature('sync', (state) => (state.id === id ? state.path : path));
  const busy = useFeature('sync', (state) => state.busy);
  const meets = useFeature('sync', (state) => state.meeting !== undefined);
  const issue = useFeature('sync', ({ error }) =>
    error?.details?.field === 'path' ? error : undefined,
  );
  const { label, traits } = providerFacts[provider];

  const change = (on: boolean): void => {
    if (on) void sync.getState().enable();
    else setLeaving(true);
  };
  useCommand('sync', busy || meets ? undefined : () => change(!synced));

  return (
    <div className="flex min-w-0 flex-wrap items-center gap-x-5 gap-y-1.5">
      <div className="flex items-center gap-2">
        <InlineSwitch
          label={`Sync variables with ${label}`}
          isSelected={synced}
          isDisabled={busy || meets}
          onChange={change}
        />
        {busy ? <Spinner /> : null}
      </div>
      {synced ? null : (
        <TextField
          value={typed}
          onChange={(text) => sync.getState().setPath(text)}
          isDisabled={busy || meets}
          isInvalid={issue !== undefined}
          className="flex min-w-0 items-center gap-2"
          autoComplete="off"
          spellCheck="false"
        >
          <Label className="shrink-0 text-text-2">Vault path</Label>
          <Input className="field-box h-7 w-52 min-w-0 px-2.5 font-mono text-xs data-disabled:opacity-60" />
        </TextField>
      )}
      {synced || traits.layouts.length === 1 ? null : (
        <LayoutChoice
          item={traits.item}
          layouts={traits.layouts}
          path={typed}
          isDisabled={busy || meets}
        />
      )}
      {isLeaving ? (
        <SwitchOffDialog environment={environment} onClose={() => setLeaving(false)} />
      ) : null}
    </div>
  );
}

interface LayoutProps {
  readonly item: string;
  readonly layouts: readonly Layout[];
  readonly path: string;
  readonly isDisabled: boolean;
}

/** The path says how an environment is stored. This sets its end for those who do not know that. */
function LayoutChoice({ item, layouts, path, isDisabled }: LayoutProps) {
  const { sync } = useStores();
  const labels: Readonly<Record<Layout, string>> = {
    entries: `A ${item} per variable`,
    object: `One ${item}`,
  };
  return (
    <SegmentedChoice
      label="Stored as"
      bare
      isDisabled={isDisabled}
      value={layoutOf(path)}
      onChange={(chosen) => {
        const layout = layouts.find((one) => one === chosen);
        if (layout !== undefined) sync.getState().setPath(pathIn(path, layout));
      }}
      options={layouts.map((layout) => ({ value: layout, label: labels[layout] }))}
    />
  );
}
