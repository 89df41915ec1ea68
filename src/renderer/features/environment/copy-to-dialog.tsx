/** Copies variables to another environment, where they are unsaved edits until a person saves them. */
import { Layers } from 'lucide-react';
import { useState } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { thrownLine } from '../../app/thrown-line';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { SearchableChoice } from '../../components/searchable-choice';
import { plural } from '../../lib/format';
import { copyAcross } from './copy-across';
import { rowAcross, type Row } from './draft';

interface Props {
  /** The environment that they are in. */
  readonly id: string;
  readonly rows: readonly Row[];
  readonly onClose: () => void;
}

export function CopyToDialog({ id, rows, onClose }: Props) {
  const { client, drafts, owners, announcements, environments, navigation } = useStores();
  const list = useFeature('environments', (state) => state.list);
  const others = list.filter((one) => one.id !== id);
  const [toId, setTo] = useState(others[0]?.id ?? '');
  const [busy, setBusy] = useState(false);
  const [issue, setIssue] = useState<string>();
  const what = plural(rows.length, 'variable');

  const copy = async (andGo: boolean): Promise<void> => {
    setBusy(true);
    setIssue(undefined);
    try {
      if (!(await owners.getState().mayChange(toId))) return;
      if (others.find((one) => one.id === toId)?.state === 'not-loaded') {
        await client.environments.pull({ id: toId });
        await environments.getState().refresh();
      }
      const variables = rows.map(rowAcross);
      const target = await copyAcross(client, drafts, { fromId: id, toId, variables });
      announcements.getState().say(`${what} copied to ${target}. Save there to keep them.`, 'info');
      onClose();
      if (andGo) navigation.getState().go({ screen: 'environment', id: toId });
    } catch (error) {
      setIssue(thrownLine(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      isOpen
      title={`Copy ${what}`}
      onClose={onClose}
      actions={
        <>
          <Button variant="quiet" onPress={onClose}>
            Cancel
          </Button>
          <Button isDisabled={toId === ''} isBusy={busy} onPress={() => void copy(true)}>
            Copy and go there
          </Button>
          <Button
            variant="primary"
            isDisabled={toId === ''}
            isBusy={busy}
            onPress={() => void copy(false)}
          >
            Copy
          </Button>
        </>
      }
    >
      {others.length === 0 ? (
        <p>There is no other environment in this workspace.</p>
      ) : (
        <SearchableChoice
          label="To"
          value={toId}
          onChange={setTo}
          issue={issue}
          groups={[
            {
              title: 'Environments',
              options: others.map(({ id: value, name, synced, path, state }) => ({
                value,
                label: name,
                icon: Layers,
                description: synced
                  ? `${path}${state === 'not-loaded' ? ', pulled first' : ''}`
                  : 'On this computer',
              })),
            },
          ]}
        />
      )}
      <p className="text-text-2">
        They become unsaved edits there. A variable that exists there gets the new value.
      </p>
    </Dialog>
  );
}
