/** Test Connection for the local vault: its file, the key, and whether it can be written. */
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { formatBytes } from '@shared/model/format';
import { storageFailed } from '../../files';
import { passed, warned, type Step } from '../check/steps';
import type { VaultFile } from './vault-file';

export const checkSteps = (file: VaultFile): readonly Step[] => [
  {
    id: 'file',
    label: 'File',
    run: async () => {
      if (file.isSession()) {
        return warned('None: everything is in memory only, and gone when Strongroom quits.');
      }
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
      const { secrets } = await file.loadWithKey();
      return passed(secrets.size === 1 ? '1 secret' : `${String(secrets.size)} secrets`);
    },
  },
  {
    id: 'writable',
    label: 'Writable',
    run: async () => {
      if (file.isSession()) return passed('In memory');
      const directory = dirname(file.path);
      try {
        await access(directory, constants.W_OK);
      } catch (error) {
        throw storageFailed(directory, error);
      }
      return passed(directory);
    },
  },
];
