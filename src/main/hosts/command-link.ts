/** The command `strongroom` on the PATH: a link in a folder of the person, made without other rights. */
import { existsSync, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { mkdir, symlink, unlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { AppError } from '@shared/errors';
import type { CommandLink, HostCommandLink } from '@shared/model/command-link';

interface Surroundings {
  /** The file of the command. It may be missing. */
  readonly command: string;
  /** Whether the file stays where it is when the app ends. Default: true. */
  readonly isLasting?: boolean;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  /** The PATH of a terminal. */
  readonly path: () => Promise<string>;
}

const NAME = 'strongroom';

/** Folders that systems and shells keep for a person’s own commands, below the home. */
const FOLDERS = ['.local/bin', 'bin'];

export function createCommandLink({
  command,
  isLasting = true,
  home,
  platform,
  path,
}: Surroundings): HostCommandLink {
  const isSupported = platform !== 'win32';
  const own = isSupported && isLasting && existsSync(command) ? command : undefined;

  const status = async (): Promise<CommandLink> => {
    const folders = (await path()).split(delimiter).filter((folder) => folder !== '');
    const found = folders.map((folder) => join(folder, NAME)).find((file) => existsSync(file));
    const onPath =
      found === undefined ? {} : { onPath: { file: found, isOwn: leadsTo(found, own) } };
    if (!isSupported) return onPath;
    const mine = FOLDERS.map((folder) => join(home, folder));
    const linked = mine.find((folder) => isLinkTo(join(folder, NAME), own));
    const folder = linked ?? mine.find((each) => folders.includes(each)) ?? mine[0] ?? home;
    const file = join(folder, NAME);
    return {
      ...onPath,
      ...(own !== undefined && { own }),
      ...(linked !== undefined && { link: file }),
      folder: { path: folder, isOnPath: folders.includes(folder) },
      ...(linked === undefined && isThere(file) && { obstacle: file }),
    };
  };

  return {
    status,
    install: async () => {
      const { folder, link } = await status();
      if (own === undefined || folder === undefined || link !== undefined) return status();
      const file = join(folder.path, NAME);
      try {
        await mkdir(folder.path, { recursive: true });
        // Fails if anything is there, also if it came this moment.
        await symlink(own, file);
      } catch (error) {
        throw refusalOf(error, file);
      }
      return status();
    },
    remove: async () => {
      const { link } = await status();
      if (link !== undefined && isLinkTo(link, own)) {
        await unlink(link).catch((error: unknown) => {
          throw refusalOf(error, link);
        });
      }
      return status();
    },
  };
}

/** A link that leads nowhere is there too. */
const isThere = (file: string): boolean => lstatSync(file, { throwIfNoEntry: false }) !== undefined;

const isLinkTo = (file: string, own: string | undefined): boolean =>
  lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true &&
  readlinkSync(file) === own;

const leadsTo = (file: string, own: string | undefined): boolean =>
  own !== undefined && realpathSync(file) === realpathSync(own);

function refusalOf(error: unknown, file: string): AppError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'EEXIST'
    ? new AppError('ALREADY_EXISTS', {
        message: `There is another file at ${file}.`,
        hint: 'Move it away if you do not need it, then install the command again.',
        details: { path: file },
        cause: error,
      })
    : new AppError('PERMISSION_DENIED', {
        message: `${file} could not be changed.`,
        likelyCause: 'The folder belongs to somebody else, or is read-only.',
        hint: 'Check the permissions of the folder, or link the command by hand.',
        details: { path: file },
        cause: error,
      });
}
