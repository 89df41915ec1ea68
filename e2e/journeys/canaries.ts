/** Values and credentials that can be recognised wherever they turn up. */
import { randomBytes } from 'node:crypto';
import type { VaultServer } from '@test/servers/vault/server';
import type { AppPage } from '../pages/app';
import { expect } from './support';

/** Unlike anything that a program would hold by itself. */
const canary = (name: string): string => `${name}-${randomBytes(12).toString('hex')}`;

export const canaries = {
  passphrase: canary('seven lamps'),
  revealed: canary('sk-revealed'),
  unseen: canary('sk-unseen'),
  local: canary('sk-local'),
  unsaved: canary('sk-unsaved'),
} as const;

/** What protects the key. */
export type Mode = 'a passphrase' | 'a keychain' | 'the session';

/** Puts values, a credential and perhaps a passphrase to use. Returns them. */
export async function useCanaries(
  ui: AppPage,
  vault: VaultServer,
  mode: Mode,
): Promise<readonly string[]> {
  const { passphrase, revealed, unseen, local, unsaved } = canaries;
  vault.kv('secret').put('production', { API_KEY: revealed, OTHER_KEY: unseen });
  const { connection: tab } = await ui.openSettings('Vault');
  await tab.fillToken({ url: vault.url, token: vault.rootToken, enginePath: 'secret' });
  await tab.saveButton.click();
  if (mode === 'a passphrase') await tab.keyChoice.passphrase(passphrase);
  if (mode === 'the session') await tab.keyChoice.onlyForThisSession();
  await expect(tab.saved('Token')).toContainText('Saved');
  await tab.pullAllButton.click();
  await expect(tab.pullOutcome).toContainText('1 secret pulled');
  await ui.openEnvironment('production');
  await ui.environment.revealButton('API_KEY').click();
  await expect(ui.environment.value('API_KEY')).toContainText(revealed);
  await ui.newEnvironment.create('laptop');
  await ui.environment.editor.add('LOCAL_KEY', local);
  await ui.environment.editor.save();
  await ui.environment.editor.add('UNSAVED_KEY', unsaved);
  return [
    revealed,
    unseen,
    local,
    unsaved,
    vault.rootToken,
    ...(mode === 'a passphrase' ? [passphrase] : []),
  ];
}
