/** The Strongroom that runs on this computer: a vault is one of its environments. */
import { resolve } from 'node:path';
import type { AgentClient } from '@shared/contract/agent';
import { AppError, isAppError } from '@shared/errors';
import type { Runtime } from '@core/runtime';
import { Secret } from '@core/secrets/secret';
import { defaultDataDirectory } from '@core/storage/data-directory';
import { connectToCore, type CoreConnection } from '@server/agent/connect';
import { systemSurroundings } from '@server/agent/endpoint';
import { version } from '../../package.json';
import type { GivenSettings } from './settings';
import type { Change, Changed, Contents, Place, PreparedPlace, VaultStore } from './store';

/** Milliseconds until a core that says nothing counts as none. */
const ANSWERS_WITHIN = 2000;

/** How often others may come in between before a deletion is given up. */
const TRIES = 5;

export interface StrongroomSettingsParts {
  readonly given: GivenSettings;
  readonly runtime: Runtime;
  /** The working directory. */
  readonly directory: string;
}

interface Target {
  readonly dataDirectory: string;
  readonly workspace: string | undefined;
  readonly runtime: Runtime;
}

function targetOf({ given, runtime, directory }: StrongroomSettingsParts): Target {
  const text = (name: string, variable: string): string =>
    String(given[name] ?? '') || (runtime.env[variable] ?? '');
  const typed = text('dataDir', 'STRONGROOM_DATA_DIR');
  const workspace = text('workspace', 'STRONGROOM_WORKSPACE');
  return {
    dataDirectory: typed === '' ? defaultDataDirectory(runtime.env) : resolve(directory, typed),
    workspace: workspace === '' ? undefined : workspace,
    runtime,
  };
}

/** `undefined` if none listens. Throws `VERSION_MISMATCH`. */
const connect = ({ dataDirectory, runtime }: Target): Promise<CoreConnection | undefined> =>
  connectToCore({
    dataDirectory,
    runtime,
    surroundings: systemSurroundings(runtime.env),
    introduction: { version, kind: 'sdk', process: { pid: process.pid, name: process.title } },
    within: ANSWERS_WITHIN,
  });

/** Throws `VERSION_MISMATCH`. */
export async function strongroomListens(parts: StrongroomSettingsParts): Promise<boolean> {
  const connection = await connect(targetOf(parts));
  connection?.close();
  return connection !== undefined;
}

/** A connection, and the workspace that is meant. Throws `VERSION_MISMATCH`, and `CONNECTION_REFUSED` if none listens. */
export async function connectToStrongroom(
  parts: StrongroomSettingsParts,
): Promise<{ readonly connection: CoreConnection; readonly workspace: string | undefined }> {
  const target = targetOf(parts);
  const connection = await connect(target);
  if (connection === undefined) throw notRunning(target);
  return { connection, workspace: target.workspace };
}

export function prepareStrongroomPlace(
  parts: StrongroomSettingsParts & { readonly because: string },
): PreparedPlace {
  const target = targetOf(parts);
  const { dataDirectory, workspace } = target;
  const unknown = Object.keys(parts.given).find((name) => !['dataDir', 'workspace'].includes(name));
  if (unknown !== undefined) {
    throw new AppError('INVALID_CONFIGURATION', {
      message: `Strongroom has no setting ${unknown}.`,
      hint: 'Use dataDir or workspace.',
      details: { field: unknown },
    });
  }
  const where = workspace === undefined ? 'the workspace in use' : `the workspace ${workspace}`;
  return {
    key: JSON.stringify(['strongroom', dataDirectory, workspace, parts.because]),
    open: (): Place => {
      const kept = new KeptConnection(target);
      return {
        source: () => undefined,
        store: (id) => new StrongroomStore(id, target, kept),
        describe: (id) => ({
          vault: id,
          provider: 'strongroom',
          label: 'Strongroom',
          because: parts.because,
          place: `the environment ${id} of ${where} in ${dataDirectory}`,
          layout: 'object',
        }),
        close: () => kept.close(),
      };
    },
  };
}

/** A connection for reads, which stays open between them and does not keep the program alive. */
class KeptConnection {
  #opening: Promise<CoreConnection | undefined> | undefined;
  #underWay = 0;
  #closed = false;

  constructor(private readonly target: Target) {}

  /** Runs a read. If a Strongroom that was started again has closed the connection, it runs once more on a new one. */
  async read<T>(work: (client: AgentClient) => Promise<T>): Promise<T> {
    const known = this.#opening;
    const connection = await this.#connection();
    try {
      return await this.#use(connection, work);
    } catch (error) {
      const wasOpen = known !== undefined && connection === (await known) && !this.#closed;
      if (!wasOpen || !isAppError(error, 'INTERRUPTED') || !connection.isClosed) throw error;
      return this.#use(await this.#connection(), work);
    }
  }

  close(): void {
    this.#closed = true;
    void this.#opening?.then(
      (connection) => connection?.close(),
      () => undefined,
    );
    this.#opening = undefined;
  }

  async #connection(): Promise<CoreConnection> {
    if ((await this.#opening)?.isClosed === true) this.#opening = undefined;
    const opening = (this.#opening ??= connect(this.target));
    try {
      const connection = await opening;
      if (connection === undefined) throw notRunning(this.target);
      return connection;
    } catch (error) {
      if (this.#opening === opening) this.#opening = undefined;
      throw error;
    }
  }

  async #use<T>(connection: CoreConnection, work: (client: AgentClient) => Promise<T>): Promise<T> {
    this.#underWay += 1;
    connection.keepsAlive(true);
    try {
      return await work(connection.client);
    } finally {
      this.#underWay -= 1;
      if (this.#underWay === 0) connection.keepsAlive(false);
    }
  }
}

class StrongroomStore implements VaultStore {
  readonly #target: Target;
  readonly #kept: KeptConnection;
  readonly #selector: { readonly environment: string; readonly workspace?: string };

  constructor(id: string, target: Target, kept: KeptConnection) {
    this.#target = target;
    this.#kept = kept;
    const { workspace } = target;
    this.#selector = { environment: id, ...(workspace !== undefined && { workspace }) };
  }

  read(signal: AbortSignal): Promise<Contents> {
    return this.#kept.read((client) => this.#contents(client, signal));
  }

  /** Strongroom knows all environments of the workspace, and how it finds references in them. */
  follow(names: readonly string[], signal: AbortSignal): Promise<Contents> {
    const { environment: vault, ...workspace } = this.#selector;
    return this.#kept.read(async (client) => {
      const references = names.map((key) => ({ vault, key }));
      const { values } = await client.run.references(
        { ...workspace, environments: [], references },
        { signal },
      );
      return new Map(values.map(({ value }, index) => [names[index] ?? '', new Secret(value)]));
    });
  }

  change({ name, value }: Change, signal: AbortSignal): Promise<Changed> {
    return this.#call(async (client) => {
      const existed =
        value === undefined
          ? await this.#remove(client, name, signal)
          : await this.#set(client, name, value, signal);
      return { existed, contents: await this.#contents(client, signal) };
    });
  }

  async #contents(client: AgentClient, signal: AbortSignal): Promise<Contents> {
    try {
      const values = await client.variables.values(this.#selector, { signal });
      return new Map(values.map(({ key, value }) => [key, new Secret(value)]));
    } catch (error) {
      if (isAppError(error, 'NO_SUCH_ENVIRONMENT')) return new Map();
      throw error;
    }
  }

  async #set(
    client: AgentClient,
    key: string,
    value: Secret,
    signal: AbortSignal,
  ): Promise<boolean> {
    const save = () =>
      client.variables.import(
        {
          ...this.#selector,
          variables: [{ key, value: value.reveal(), secret: true }],
          overwrite: true,
          empty: true,
          dryRun: false,
        },
        { signal },
      );
    const report = await this.#again(async () => {
      try {
        return await save();
      } catch (error) {
        if (!isAppError(error, 'NO_SUCH_ENVIRONMENT')) throw error;
        await this.#create(client, signal);
        return save();
      }
    });
    return report[0]?.outcome !== 'added';
  }

  async #create(client: AgentClient, signal: AbortSignal): Promise<void> {
    const { environment: name, ...workspace } = this.#selector;
    try {
      await client.environments.create({ ...workspace, name }, { signal });
    } catch (error) {
      // Another program was quicker.
      if (!isAppError(error, 'NAME_TAKEN')) throw error;
    }
  }

  #remove(client: AgentClient, key: string, signal: AbortSignal): Promise<boolean> {
    return this.#again(async () => {
      try {
        const { base, variables } = await client.variables.list(this.#selector, { signal });
        if (!variables.some((variable) => variable.key === key)) return false;
        const changes = { edits: [{ key, remove: true as const }], additions: [] };
        await client.variables.save({ ...this.#selector, base, changes }, { signal });
        return true;
      } catch (error) {
        if (isAppError(error, 'NO_SUCH_ENVIRONMENT')) return false;
        throw error;
      }
    });
  }

  /** Each attempt reads what is there: others may have saved in between. */
  async #again<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isAppError(error, 'CONFLICT') || tries === TRIES) throw error;
      }
    }
  }

  /** A change has its own connection: one that was cut off may have been made, so it is not tried again. */
  async #call<T>(work: (client: AgentClient) => Promise<T>): Promise<T> {
    const connection = await connect(this.#target);
    if (connection === undefined) throw notRunning(this.#target);
    try {
      return await work(connection.client);
    } finally {
      connection.close();
    }
  }
}

const notRunning = ({ dataDirectory }: Target): AppError =>
  new AppError('CONNECTION_REFUSED', {
    message: `No Strongroom is running with ${dataDirectory}.`,
    likelyCause: 'It was closed, or runs with another data directory.',
    hint: 'Start Strongroom, set STRONGROOM_DATA_DIR, or choose another store with STRONGROOM_PROVIDER.',
    remedy: undefined,
  });
