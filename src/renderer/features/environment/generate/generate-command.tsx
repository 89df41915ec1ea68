/** Opens the generator: for the variable that has the focus, or for a new one. */
import { useFeature, useStores } from '@renderer/app/stores';
import { useCommand } from '@renderer/app/use-command';
import type { Row } from '../draft';
import type { GridStore } from '../grid-state';
import { laterComponent } from '@renderer/lib/later';

const GenerateDialog = laterComponent(
  async () => (await import('./generate-dialog')).GenerateDialog,
);

interface Props {
  readonly id: string;
  readonly grid: GridStore;
  readonly rows: readonly Row[];
  readonly isReadOnly: boolean;
}

export function GenerateCommand({ id, grid, rows, isReadOnly }: Props) {
  const { environment } = useStores();
  const generating = useFeature('environment', (state) => state.generating);
  const { generate } = environment.getState();
  useCommand(
    'generate',
    isReadOnly
      ? undefined
      : () => {
          const { focus } = grid.getState();
          generate(rows.find((row) => row.id === focus?.rowId)?.key ?? '');
        },
  );
  return generating === undefined ? null : (
    <GenerateDialog id={id} initialKey={generating} onClose={() => generate(undefined)} />
  );
}
