/** The dialogs of the sidebar. They are apart from it: a sidebar that becomes icons is another one, and loses no text. */
import type { ReactNode } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { laterComponent } from '../../lib/later';

const EnvironmentDialogs = laterComponent(
  async () => (await import('../environment/actions/dialogs')).EnvironmentDialogs,
);
const NewEnvironmentDialog = laterComponent(
  async () => (await import('./new-environment-dialog')).NewEnvironmentDialog,
);

export function SidebarDialogs(): ReactNode {
  const { environments } = useStores();
  const dialog = useFeature('environments', (state) => state.dialog);
  const close = (): void => environments.getState().openDialog(undefined);
  if (dialog === undefined) return null;
  return dialog.what === 'new' ? (
    <NewEnvironmentDialog folder={dialog.folder} onClose={close} />
  ) : (
    <EnvironmentDialogs open={dialog} onClose={close} />
  );
}
