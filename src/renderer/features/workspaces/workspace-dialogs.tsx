/** The dialogs of the menu. They are apart from it: a sidebar that becomes icons is another menu, and loses no text. */
import { useFeature, useStores } from '../../app/stores';
import { laterComponent } from '../../lib/later';

const WorkspaceNameDialog = laterComponent(
  async () => (await import('./workspace-name-dialog')).WorkspaceNameDialog,
);

const SetupDialog = laterComponent(async () => (await import('./setup-dialog')).SetupDialog);

const PlainRulesDialog = laterComponent(
  async () => (await import('../environment/plain/plain-rules-dialog')).PlainRulesDialog,
);

const ExpectedDialog = laterComponent(
  async () => (await import('../environment/expected/expected-dialog')).ExpectedDialog,
);

export function WorkspaceDialogs() {
  const { workspaces } = useStores();
  const dialog = useFeature('workspaces', (state) => state.dialog);
  const onClose = (): void => workspaces.getState().openDialog(undefined);
  switch (dialog) {
    case undefined:
      return null;
    case 'new':
    case 'rename':
      return <WorkspaceNameDialog key={dialog} what={dialog} onClose={onClose} />;
    case 'plain':
      return <PlainRulesDialog onClose={onClose} />;
    case 'expected':
      return <ExpectedDialog onClose={onClose} />;
    case 'import':
      return <SetupDialog onClose={onClose} />;
  }
}
