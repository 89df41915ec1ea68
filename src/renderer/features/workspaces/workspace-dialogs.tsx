/** The dialogs of the menu. They are apart from it: a sidebar that becomes icons is another menu, and loses no text. */
import { workspaceNameSchema } from '@shared/model/workspace';
import { thrownLine } from '../../app/thrown-line';
import { useFeature, useStores } from '../../app/stores';
import { NameDialog } from '../../components/name-dialog';
import { laterComponent } from '../../lib/later';

const SetupDialog = laterComponent(async () => (await import('./setup-dialog')).SetupDialog);

const PlainRulesDialog = laterComponent(
  async () => (await import('../environment/plain/plain-rules-dialog')).PlainRulesDialog,
);

const ExpectedDialog = laterComponent(
  async () => (await import('../environment/expected/expected-dialog')).ExpectedDialog,
);

export function WorkspaceDialogs() {
  const { workspaces } = useStores();
  const { openDialog, create, rename } = workspaces.getState();
  const dialog = useFeature('workspaces', (state) => state.dialog);
  const current = useFeature('workspaces', (state) => state.current);
  return (
    <>
      <NameDialog
        title="New workspace"
        help="It starts empty, on the global defaults."
        submitLabel="Create"
        schema={workspaceNameSchema}
        isOpen={dialog === 'new'}
        onClose={() => openDialog(undefined)}
        onSubmit={create}
        issueOf={thrownLine}
      />
      <NameDialog
        title="Rename workspace"
        submitLabel="Rename"
        initial={current.name}
        schema={workspaceNameSchema}
        isOpen={dialog === 'rename'}
        onClose={() => openDialog(undefined)}
        onSubmit={rename}
        issueOf={thrownLine}
      />
      {dialog === 'plain' ? <PlainRulesDialog onClose={() => openDialog(undefined)} /> : null}
      {dialog === 'expected' ? <ExpectedDialog onClose={() => openDialog(undefined)} /> : null}
      {dialog === 'import' ? <SetupDialog onClose={() => openDialog(undefined)} /> : null}
    </>
  );
}
