/** Import set-up: shows what a file would add to a workspace, and adds it. Nothing that is there is changed. */
import { SETUP_FILE_MAX, type SetupChange } from '@shared/model/setup-file';
import { FileInput } from 'lucide-react';
import { useState } from 'react';
import { DropZone, FileTrigger } from 'react-aria-components';
import { thrownLine } from '../../app/thrown-line';
import { useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { Card } from '../../components/card';
import { Dialog } from '../../components/dialog';
import { plural } from '../../lib/format';

interface Plan {
  readonly text: string;
  readonly name: string;
  readonly changes: readonly SetupChange[];
}

export function SetupDialog({ onClose }: { readonly onClose: () => void }) {
  const { client, workspaces } = useStores();
  const [plan, setPlan] = useState<Plan>();
  const [problem, setProblem] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const close = (): void => {
    setPlan(undefined);
    setProblem(undefined);
    onClose();
  };

  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      if (file.size > SETUP_FILE_MAX) {
        setProblem('This file is too large for the set-up of a workspace.');
        return;
      }
      const text = await file.text();
      setPlan({ text, ...(await client.workspaces.planSetup({ text })) });
      setProblem(undefined);
    } catch (error) {
      setPlan(undefined);
      setProblem(thrownLine(error));
    }
  };

  const add = async (text: string): Promise<void> => {
    setBusy(true);
    try {
      await workspaces.getState().importSetup(text);
      close();
    } catch (error) {
      setProblem(thrownLine(error));
    } finally {
      setBusy(false);
    }
  };

  const added = plan?.changes.filter(({ action }) => action === 'added') ?? [];
  return (
    <Dialog
      isOpen
      onClose={close}
      title="Import the set-up of a workspace"
      size="md"
      actions={
        <>
          <Button variant="quiet" onPress={close}>
            {plan !== undefined && added.length === 0 ? 'Close' : 'Cancel'}
          </Button>
          {plan === undefined || added.length === 0 ? null : (
            <Button variant="primary" isBusy={isBusy} onPress={() => void add(plan.text)}>
              {`Add ${plural(added.length, 'part')} to ${plan.name}`}
            </Button>
          )}
        </>
      }
    >
      {problem === undefined ? null : (
        <Card tone="bad" title="This cannot be imported" live>
          <p className="text-text-2">{problem}</p>
        </Card>
      )}
      {plan === undefined ? (
        <DropZone
          aria-label="Drop a set-up here"
          onDrop={(event) => {
            const [item] = event.items;
            if (item?.kind === 'file') void item.getFile().then(read);
          }}
          className="flex flex-col items-center gap-2 rounded-lg border border-dashed border-line-strong bg-raised px-4 py-6 text-center text-text-2 data-drop-target:border-focus data-drop-target:bg-brass-wash"
        >
          <FileInput aria-hidden className="size-5" />
          <p>
            Drop a file that Export set-up has written, or choose one. It holds no secrets: you
            enter your own credentials afterwards.
          </p>
          <FileTrigger
            acceptedFileTypes={['.json', 'application/json']}
            onSelect={(files) => void read(files?.[0])}
          >
            <Button>Choose file…</Button>
          </FileTrigger>
        </DropZone>
      ) : (
        <Changes plan={plan} added={added.length} />
      )}
    </Dialog>
  );
}

const WORDS = { added: 'add', same: 'the same is there', kept: 'kept as it is' } as const;

const Changes = ({
  plan: { name, changes },
  added,
}: {
  readonly plan: Plan;
  readonly added: number;
}) => (
  <>
    <p className="text-text-2">
      {added === 0
        ? `The workspace ${name} has all of it.`
        : `Nothing in ${name} is changed or deleted. Look at where each grant sends a secret.`}
    </p>
    <ul aria-label="Parts of the set-up" className="flex flex-col border-t border-line text-xs">
      {changes.map(({ kind, name: part, action, detail }) => (
        <li
          key={`${kind} ${part}`}
          className="grid grid-cols-[6rem_minmax(0,1fr)_auto] gap-x-3 border-b border-line py-1.5"
        >
          <span className="text-text-3">{kind}</span>
          <span className="min-w-0">
            <span className="font-medium break-words">{part}</span>
            {detail === undefined ? null : (
              <span className="block break-words text-text-2">{detail}</span>
            )}
          </span>
          <span className={action === 'added' ? 'font-medium text-good' : 'text-text-3'}>
            {WORDS[action]}
          </span>
        </li>
      ))}
    </ul>
  </>
);
