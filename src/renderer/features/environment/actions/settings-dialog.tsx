/** The settings of one environment. Each is kept at once. */
import type { Environment } from '@shared/model/environment';
import { useState } from 'react';
import { useFeature, useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { Button } from '@renderer/components/button';
import { Dialog } from '@renderer/components/dialog';
import { Switch } from '@renderer/components/switch';

interface Props {
  readonly environment: Environment;
  readonly onClose: () => void;
}

export function SettingsDialog({ environment: { id, name }, onClose }: Props) {
  const { environments, environment: screen } = useStores();
  const expands = useFeature(
    'environments',
    ({ list }) => list.find((one) => one.id === id)?.expands === true,
  );
  const [problem, setProblem] = useState<string>();
  const change = async (wanted: boolean): Promise<void> => {
    setProblem(undefined);
    try {
      await environments.getState().setExpands(id, wanted);
      screen.getState().hideAll();
      await screen.getState().refresh();
    } catch (error) {
      setProblem(thrownLine(error));
    }
  };
  return (
    <Dialog
      isOpen
      title={`Settings of ${name}`}
      onClose={onClose}
      actions={<Button onPress={onClose}>Close</Button>}
    >
      <Switch
        label="Replace {{NAME}} in values"
        help="In a value, {{NAME}} becomes the value of the variable NAME of this environment: for programs, exports and on reveal. The stored value stays as it is."
        isSelected={expands}
        onChange={(wanted) => void change(wanted)}
      />
      {problem === undefined ? null : (
        <p role="alert" className="text-xs text-bad">
          {problem}
        </p>
      )}
    </Dialog>
  );
}
