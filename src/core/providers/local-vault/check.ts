/** Test Connection for the local vault: its file, the key, and whether it can be written. */
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '@shared/errors';
import { formatBytes } from '@shared/model/format';
import { FIRST_FOLDER } from '@shared/providers/facts/local-vault';
import { storageFailed } from '@core/storage/files';
import { passed, warned, type Step } from '../check/steps';
import { countText, listText } from '../check/texts';
import { folderOf, type Content } from './content';
import type { VaultFile } from './vault-file';

/** Folders that Test Connection names; it counts the rest. */
const FOLDERS_NAMED = 5;

export const checkSteps = (file: VaultFile, folder: string): readonly Step[] => [
  {
    id: 'file',
    label: 'File',
    run: async () => {
      if (file.isSession()) {
        return warned(
          'None: everything is in memory only, and gone when Strongroom quits.',
          new AppError('KEY_CHOICE_NEEDED', {
            message: 'Secrets are kept only for this session.',
            hint: 'To keep them, choose a passphrase or the keychain.',
          }),
        );
      }
      await file.tryOpening();
      const size = await file.size();
      const name = basename(file.path);
      return passed(
        size === undefined
          ? `${name} is made with the first secret.`
          : `${name}, ${formatBytes(size)}`,
      );
    },
  },
  {
    id: 'key',
    label: 'Key',
    run: async () => {
      return passed(describeFolders(await file.loadWithKey(), folder));
    },
  },
  {
    id: 'writable',
    label: 'Writable',
    run: async () => {
      if (file.isSession()) return passed('In memory');
      const directory = dirname(file.path);
      await tryWriting(directory);
      return passed(directory);
    },
  },
];

/**
 * What is in the folder, and which other folders there are: those of deleted workspaces are found again here.
 * Who has only the first folder does not hear of folders.
 */
function describeFolders(content: Content, name: string): string {
  const own = countText(folderOf(content, name).secrets.size, 'secret');
  const others = [...content.folders]
    .filter(([other, { secrets }]) => other !== name && secrets.size > 0)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([other, { secrets }]) => `“${other}” (${countText(secrets.size, 'secret')})`);
  if (others.length === 0 && name === FIRST_FOLDER) return own;
  const here = `${own} in the folder “${name}”`;
  return others.length === 0 ? here : `${here}. Other folders: ${listText(others, FOLDERS_NAMED)}`;
}

/** Enough to need room on the disk. */
const PROBE_BYTES = 4096;

/**
 * Writes a file beside the vault and removes it: permissions alone do not tell of a read-only or a full
 * disk. Throws `STORAGE_FAILED`.
 */
async function tryWriting(directory: string): Promise<void> {
  const probe = join(directory, `local-vault.check-${randomUUID()}`);
  try {
    await writeFile(probe, Buffer.alloc(PROBE_BYTES), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw storageFailed(directory, error);
  } finally {
    await rm(probe, { force: true });
  }
}
