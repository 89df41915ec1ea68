/**
 * Where the core of a data directory listens, and how a client finds it: see
 * docs/decisions/0027-one-core-per-data-directory.md.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  type Stats,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { AppError } from '@shared/errors';
import { storageFailed, writeFileAtomically } from '@core/storage/files';

const SOCKET = 'core.sock';
/** Says where the core listens, if that is not at `SOCKET` in the data directory. */
const POINTER = 'core.json';
const FOLDER = 'strongroom-';

/**
 * Bytes of the longest path that a socket can have: `sun_path` of sockaddr_un, less its NUL. 108 on Linux
 * (unix(7)), 104 on macOS and the BSDs (unix(4)).
 */
const longestPath = (platform: NodeJS.Platform): number => (platform === 'linux' ? 107 : 103);

/** What the system is like; a test brings its own. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly temporaryDirectory: string;
  /** What the name of every named pipe begins with. */
  readonly pipes: string;
}

export const systemSurroundings = (env: Surroundings['env']): Surroundings => ({
  platform: process.platform,
  env,
  temporaryDirectory: tmpdir(),
  pipes: '\\\\.\\pipe\\',
});

const endpointSchema = z.object({
  /** Of a socket, or the name of a pipe. */
  path: z.string(),
  /** What a client has to know. Absent if the permissions of the socket keep others away. */
  token: z.string().optional(),
});
export type Endpoint = z.infer<typeof endpointSchema>;

/**
 * Decides where to listen, and writes it down if a client could not guess it. Only for the process that
 * holds the lock. Throws `STORAGE_FAILED`.
 */
export async function prepareEndpoint(
  dataDirectory: string,
  surroundings: Surroundings,
): Promise<Endpoint> {
  // An earlier core may have been killed, or have listened elsewhere.
  removeEndpoint(dataDirectory, surroundings);
  const { platform, pipes } = surroundings;
  if (platform === 'win32') {
    const token = randomBytes(32).toString('base64url');
    return publish(dataDirectory, { path: `${pipes}${FOLDER}${randomUUID()}`, token });
  }
  const path = join(dataDirectory, SOCKET);
  if (isPrivateFolder(dataDirectory) && fits(path, platform)) return { path };
  return publish(dataDirectory, { path: join(privateFolder(surroundings), SOCKET) });
}

/** Removes what `prepareEndpoint` has made. Only for the process that holds the lock. */
export function removeEndpoint(dataDirectory: string, surroundings: Surroundings): void {
  const published = readPointer(dataDirectory, surroundings);
  rmSync(join(dataDirectory, POINTER), { force: true });
  if (published === undefined || surroundings.platform === 'win32') return;
  const folder = dirname(published.path);
  if (!basename(folder).startsWith(FOLDER) || !isPrivateFolder(folder)) return;
  rmSync(published.path, { force: true });
  try {
    rmdirSync(folder);
  } catch {
    // Somebody keeps something in there: an empty folder would do no harm either.
  }
}

/** Where a core may be listening that belongs to this user; `undefined` if there is none to be trusted. */
export function findEndpoint(
  dataDirectory: string,
  surroundings: Surroundings,
): Endpoint | undefined {
  const published = readPointer(dataDirectory, surroundings);
  if (surroundings.platform === 'win32') return published;
  const endpoint = published ?? { path: join(dataDirectory, SOCKET) };
  return isOwnSocket(endpoint.path) ? endpoint : undefined;
}

/** Whether this is a socket of this user, in a folder that nobody else can put one into. */
function isOwnSocket(path: string): boolean {
  const socket = attempt(() => lstatSync(path));
  return socket?.isSocket() === true && isOwn(socket) && isPrivateFolder(dirname(path));
}

function isPrivateFolder(path: string): boolean {
  const folder = attempt(() => statSync(path));
  return folder?.isDirectory() === true && isOwn(folder) && isClosed(folder);
}

const isOwn = ({ uid }: Stats): boolean => uid === process.getuid?.();

/** Whether nobody else has any permission. */
const isClosed = ({ mode }: Stats): boolean => (mode & 0o077) === 0;

const fits = (path: string, platform: NodeJS.Platform): boolean =>
  Buffer.byteLength(path) <= longestPath(platform);

/** A new folder that only this user can enter, with a path that is short enough. Throws `STORAGE_FAILED`. */
function privateFolder({ platform, env, temporaryDirectory }: Surroundings): string {
  const runtime = env['XDG_RUNTIME_DIR'] ?? '';
  const parent = isAbsolute(runtime) && isPrivateFolder(runtime) ? runtime : temporaryDirectory;
  let folder: string;
  try {
    folder = mkdtempSync(join(parent, FOLDER));
  } catch (error) {
    throw storageFailed(parent, error);
  }
  if (fits(join(folder, SOCKET), platform)) return folder;
  rmdirSync(folder);
  throw new AppError('STORAGE_FAILED', {
    message: `The path of ${parent} is too long for a socket in it.`,
    hint: 'Set TMPDIR to a folder with a shorter path, then start Strongroom again.',
  });
}

async function publish(dataDirectory: string, endpoint: Endpoint): Promise<Endpoint> {
  const content = new TextEncoder().encode(JSON.stringify(endpoint));
  await writeFileAtomically(join(dataDirectory, POINTER), content);
  return endpoint;
}

/** What this user has written, and nobody else. */
function readPointer(dataDirectory: string, { platform }: Surroundings): Endpoint | undefined {
  return attempt(() => {
    const file = openSync(
      join(dataDirectory, POINTER),
      // A link may lead to a file of this user that says something else.
      constants.O_RDONLY | (platform === 'win32' ? 0 : constants.O_NOFOLLOW),
    );
    try {
      const stats = fstatSync(file);
      if (platform !== 'win32' && !(isOwn(stats) && isClosed(stats))) return undefined;
      return endpointSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    } finally {
      closeSync(file);
    }
  });
}

/** `undefined` if it fails. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
