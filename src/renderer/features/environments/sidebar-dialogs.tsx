/** The dialogs of the sidebar. They are apart from it: a sidebar that becomes icons is another one, and loses no text. */
import { environmentNameSchema } from '@shared/model/environment';
import type { ReactNode } from 'react';
import { useFeature, useStores } from '../../app/stores';
import { thrownLine } from '../../app/thrown-line';
import { NameDialog } from '../../components/name-dialog';
import { laterComponent } from '../../lib/later';

const EnvironmentDialogs = laterComponent(
  async () => (await import('../environment/actions/dialogs')).EnvironmentDialogs,
);

export function SidebarDialogs(): ReactNode {
  const { environments, navigation } = useStores();
  const dialog = useFeature('environments', (state) => state.dialog);
  const close = (): void => environments.getState().openDialog(undefined);
  if (dialog === undefined) return null;
  if (dialog.what !== 'new') return <EnvironmentDialogs open={dialog} onClose={close} />;
  return (
    <NameDialog
      title="New environment"
      placeholder="production"
      submitLabel="Create"
      schema={environmentNameSchema}
      initial={dialog.folder === undefined ? '' : `${dialog.folder}/`}
      isOpen
      onClose={close}
      onSubmit={async (name) => {
        const { id } = await environments.getState().create(name);
        close();
        navigation.getState().go({ screen: 'environment', id });
      }}
      issueOf={thrownLine}
    />
  );
}
