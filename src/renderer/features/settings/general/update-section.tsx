/** Settings → General: whether Strongroom checks for updates, and what it found. */
import type { UpdateStatus } from '@shared/model/update';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { Ago } from '@renderer/components/ago';
import { Button } from '@renderer/components/button';
import { CopyButton } from '@renderer/components/copy-button';
import { Section } from '@renderer/components/page';
import { Switch } from '@renderer/components/switch';

export function UpdateSection() {
  const { client, info, preferences } = useStores();
  const isOn = useStore(preferences, (state) => state.checksForUpdates);
  const [status, setStatus] = useState<UpdateStatus>({});
  const [busy, setBusy] = useState(false);
  const { hasReleaseFeed } = info;

  useEffect(() => {
    if (!hasReleaseFeed) return undefined;
    let isShown = true;
    void client.app.updates().then(
      (found) => isShown && setStatus(found),
      (error: unknown) => isShown && setStatus({ problem: thrownLine(error) }),
    );
    return () => {
      isShown = false;
    };
  }, [client, hasReleaseFeed]);

  const check = async (): Promise<void> => {
    setBusy(true);
    try {
      setStatus(await client.app.checkForUpdates());
    } catch (error) {
      setStatus({ problem: thrownLine(error) });
    } finally {
      setBusy(false);
    }
  };

  if (!hasReleaseFeed) {
    return (
      <Section title="Updates">
        <p className="max-w-prose text-text-2">
          This build has no feed of releases, so it does not check for updates. Look for them where
          you got Strongroom.
        </p>
      </Section>
    );
  }
  return (
    <Section title="Updates">
      <Switch
        label="Check for updates"
        help="Asks once a day for the newest release. The request says which version asks, and nothing else."
        isSelected={isOn}
        onChange={(checks) => preferences.getState().setChecksForUpdates(checks)}
      />
      <div className="flex items-center gap-3">
        <Button isBusy={busy} onPress={() => void check()}>
          Check now
        </Button>
        <output className="min-w-0 text-text-2">
          <Outcome status={status} version={info.version} />
        </output>
      </div>
    </Section>
  );
}

function Outcome({
  status: { checkedAt, newer, problem },
  version,
}: {
  readonly status: UpdateStatus;
  readonly version: string;
}) {
  if (problem !== undefined) return <span className="text-bad">{problem}</span>;
  if (newer !== undefined) {
    return (
      <span className="flex items-center gap-1">
        <span>
          Version {newer.version} is available, and this is {version}: {newer.url}
        </span>
        <CopyButton text={() => newer.url} label="Copy the address of the download" />
      </span>
    );
  }
  if (checkedAt === undefined) return <span>Not checked since the start.</span>;
  return (
    <span>
      This is the newest version. Checked <Ago at={checkedAt} />.
    </span>
  );
}
