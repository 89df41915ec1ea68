import { listedByFolder, type ListedByFolder } from '../entries';
import { FOLDER_ANNOTATION } from './names';
import type { GoogleSecret } from './secrets';

export type ListedSecrets = ListedByFolder<GoogleSecret>;

export const groupedByFolder = (secrets: readonly GoogleSecret[]): ListedSecrets =>
  listedByFolder(secrets, ({ annotations }) => annotations?.[FOLDER_ANNOTATION]);
