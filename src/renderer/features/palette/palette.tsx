import { useCommand } from '../../app/use-command';
import { useFeature, useStores } from '../../app/stores';
import { laterComponent } from '../../lib/later';

const PaletteDialog = laterComponent(async () => (await import('./palette-dialog')).PaletteDialog);

export function Palette() {
  const { palette } = useStores();
  const open = useFeature('palette', (state) => state.open);
  const { show, showShortcuts } = palette.getState();
  const some = useFeature('environments', ({ list }) => list.length > 0);
  useCommand('palette', () => show('everything'));
  useCommand('go-to-environment', some ? () => show('environments') : undefined);
  useCommand('shortcuts', () => showShortcuts(true));

  return open === undefined ? null : <PaletteDialog what={open} onClose={() => show(undefined)} />;
}
