/** The main pane while there is no environment: what this is for, and three ways to the first one. */
import { isKeyQuestion, type ErrorReport } from '@shared/errors';
import { providerFacts } from '@shared/providers/facts';
import { FileUp, FlaskConical, PlugZap, type LucideIcon } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button as AriaButton, FileTrigger, type ButtonProps } from 'react-aria-components';
import { useFeature, useStores } from '../../app/stores';
import { errorReport } from '../../bridge';
import { Button } from '../../components/button';
import { Card, ErrorCard } from '../../components/card';
import { Mark } from '../../components/mark';
import { Spinner } from '../../components/spinner';
import { nameFromFile, readSource, readVariables } from '../environment/import/import-plan';
import { HelpButton } from '../help/help-button';
import { KeyQuestion } from '../security/key-question';
import { FileDrop } from './file-drop';

/** Why a door did not open. */
type Trouble =
  | { readonly door: 'tour' | 'samples' | 'import'; readonly report: ErrorReport }
  | { readonly door: 'import'; readonly refusal: string };

export function WelcomeScreen() {
  const { navigation, environments, environment, announcements, workspaces } = useStores();
  const isSample = useFeature('tour', (state) => state.isOffered);
  const isLocal = useFeature(
    'connection',
    ({ settings }) => providerFacts[settings.provider].traits.place === 'computer',
  );
  /** The door that is opening. */
  const [busy, setBusy] = useState<Trouble['door']>();
  const [trouble, setTrouble] = useState<Trouble>();

  const show = (id: string): void => navigation.getState().go({ screen: 'environment', id });

  const attempt = async (door: Trouble['door'], work: () => Promise<void>): Promise<void> => {
    if (busy !== undefined) return;
    setBusy(door);
    setTrouble(undefined);
    try {
      await work();
    } catch (error) {
      setTrouble({ door, report: errorReport(error) });
    } finally {
      setBusy(undefined);
    }
  };

  const takeTour = (): Promise<void> =>
    attempt('tour', async () => {
      await workspaces.getState().openSample();
    });

  const trySamples = (): Promise<void> =>
    attempt('samples', async () => {
      const made = await environments.getState().createSamples();
      const last = made.at(-1);
      if (last === undefined) return;
      show(last.id);
      announcements.getState().say('Sample environments created. Delete them like any other.');
    });

  /** Reads the file before it creates an environment for it. */
  const importFile = (file: File): Promise<void> =>
    attempt('import', async () => {
      const { text, refusal } = await readSource(file);
      if (refusal !== undefined) return setTrouble({ door: 'import', refusal });
      const { refusal: unreadable } = await readVariables(text, file.name);
      if (unreadable !== undefined) return setTrouble({ door: 'import', refusal: unreadable });
      const { id } = await environments.getState().create(nameFromFile(file.name));
      environment.getState().offer(id, { name: file.name, text });
      show(id);
    });

  return (
    <div className="@container relative flex h-full min-h-0 flex-1 flex-col overflow-auto px-6 py-10">
      <div className="absolute top-3 right-5">
        <HelpButton />
      </div>
      <div className="m-auto flex w-full max-w-190 flex-col gap-6">
        <div className="flex flex-col items-center gap-3 text-center">
          <Mark className="size-11" />
          <h1 className="max-w-120 text-xl font-semibold text-balance">
            Edit the variables of your environments, while their values stay in your secrets manager
          </h1>
          {isSample ? null : (
            <>
              <Button variant="primary" isBusy={busy === 'tour'} onPress={() => void takeTour()}>
                Take the one-minute tour
              </Button>
              <p className="text-xs text-balance text-text-2">
                In a workspace with sample data, on this computer only. One button removes it.
              </p>
            </>
          )}
        </div>
        <div className="grid gap-3 @min-[40rem]:grid-cols-3">
          <Door
            icon={FlaskConical}
            title="Try it with sample data"
            busy={busy === 'samples'}
            onPress={() => void trySamples()}
          >
            Three environments in the local vault, one encrypted file on this computer.
            {isLocal ? '' : ' Only this workspace uses it.'}
          </Door>
          <Door
            icon={PlugZap}
            title="Connect a provider"
            onPress={() => navigation.getState().go({ screen: 'settings', tab: 'connection' })}
          >
            HashiCorp Vault, AWS, Google or Azure. Pull All creates an environment for each secret
            there.
          </Door>
          <FileDrop onFile={(file) => void importFile(file)} className="group/drop flex">
            <FileTrigger
              onSelect={(files) => {
                const file = files?.[0];
                if (file !== undefined) void importFile(file);
              }}
            >
              <Door icon={FileUp} title="Import a .env file">
                Choose it or drop it here. It becomes an encrypted environment on this computer.
              </Door>
            </FileTrigger>
          </FileDrop>
        </div>
        {trouble === undefined ? null : (
          <TroubleCard
            trouble={trouble}
            onRetry={() => void (trouble.door === 'tour' ? takeTour() : trySamples())}
            onDismiss={() => setTrouble(undefined)}
          />
        )}
      </div>
    </div>
  );
}

interface DoorProps extends Pick<ButtonProps, 'onPress'> {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children: ReactNode;
  readonly busy?: boolean;
}

function Door({ icon: Icon, title, children, busy = false, ...props }: DoorProps) {
  return (
    <AriaButton
      {...props}
      className="flex w-full cursor-default gap-3 rounded-lg border border-line-strong bg-raised p-4 text-left transition-colors group-data-drop-target/drop:border-focus group-data-drop-target/drop:bg-brass-wash data-hovered:border-control data-hovered:bg-hover data-pressed:border-control @min-[40rem]:flex-col"
    >
      <span className="flex size-8 shrink-0 items-center justify-center rounded-md bg-brass-wash text-brass">
        {busy ? <Spinner className="size-4" /> : <Icon aria-hidden className="size-4" />}
      </span>
      <span className="flex min-w-0 flex-col gap-1">
        <span className="font-semibold">{title}</span>
        <span className="text-text-2">{children}</span>
      </span>
    </AriaButton>
  );
}

interface TroubleProps {
  readonly trouble: Trouble;
  readonly onRetry: () => void;
  readonly onDismiss: () => void;
}

function TroubleCard({ trouble, onRetry, onDismiss }: TroubleProps) {
  if ('refusal' in trouble) {
    return (
      <Card tone="bad" title="This cannot be imported" live onDismiss={onDismiss}>
        <p className="text-text-2">{trouble.refusal}</p>
      </Card>
    );
  }
  const { door, report } = trouble;
  return door !== 'import' && isKeyQuestion(report.code) ? (
    <KeyQuestion report={report} what="variables" onRetry={onRetry} onDismiss={onDismiss} />
  ) : (
    <ErrorCard report={report} onDismiss={onDismiss} />
  );
}
