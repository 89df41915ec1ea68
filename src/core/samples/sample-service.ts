import type { Environment } from '@shared/model/environment';
import type { Workspace } from '@shared/model/workspace';
import { providerDescriptors } from '@shared/providers';
import type { KeyHolder } from '@core/keys/key-store';
import type { EnvironmentEditing } from '@core/environments/environment-editing';
import type { EnvironmentService } from '@core/environments/environment-service';
import type { LinkService } from '@core/transfer/link-service';
import type { SettingsStore } from '@core/connections/settings-store';
import type { ConnectionService } from '@core/connections/connection-service';
import type { WorkspaceService } from '@core/workspaces/workspace-service';
import { sampleEnvironments, type SampleEnvironment } from './sample-data';

export interface SampleServiceParts {
  readonly workspaces: WorkspaceService;
  readonly keys: KeyHolder;
  readonly settings: SettingsStore;
  readonly connections: ConnectionService;
  readonly environments: EnvironmentService;
  readonly editing: EnvironmentEditing;
  readonly links: LinkService;
}

const PROVIDER = 'local-vault';

/** Sample environments to try the app with. They work, and are deleted, like any other. */
export class SampleService {
  constructor(private readonly parts: SampleServiceParts) {}

  /**
   * The workspace of the samples, which is created if it is missing. It has the local vault as its own provider, so
   * that no change of the global defaults sends a sample elsewhere. Throws as `create`; then nothing is kept.
   */
  async createWorkspace(signal: AbortSignal): Promise<Workspace> {
    const { keys, workspaces } = this.parts;
    await keys.key();
    const there = workspaces.sample();
    if (there !== undefined) return there;
    const made = workspaces.createSample();
    try {
      await this.#haveLocalVault(made.id);
      await this.create(made.id, signal);
    } catch (error) {
      await workspaces.remove(made.id);
      throw error;
    }
    return { ...made, ownConfiguration: true };
  }

  /**
   * Creates the sample environments, some of them synced with the local vault, which the workspace uses from
   * then on. Throws `NAME_TAKEN`, and what the key and the local vault throw; then none of the environments
   * is kept.
   */
  async create(workspaceId: string, signal: AbortSignal): Promise<Environment[]> {
    const { keys, environments } = this.parts;
    // This comes first: without the key, nothing below can be stored.
    await keys.key();
    const made: string[] = [];
    try {
      for (const sample of sampleEnvironments) {
        const { id } = environments.create(workspaceId, sample.name);
        made.push(id);
        await this.#fill(id, sample, signal);
      }
      await this.#useLocalVault(workspaceId);
      for (const [index, { path }] of sampleEnvironments.entries()) {
        const id = made[index];
        if (id !== undefined && path !== undefined) await this.#link(id, path, signal);
      }
    } catch (error) {
      for (const id of made) await environments.remove(id, false, signal);
      throw error;
    }
    const ids = new Set(made);
    return environments.list(workspaceId).filter(({ id }) => ids.has(id));
  }

  async #fill(id: string, { variables }: SampleEnvironment, signal: AbortSignal): Promise<void> {
    const { environments, editing } = this.parts;
    const { base } = await environments.open(id);
    if (base === undefined) throw new Error('A new environment is not in memory');
    const additions = variables.map(({ key, value, plain, disabled }) => ({
      key,
      value,
      ...(plain === true && { secret: false }),
      ...(disabled === true && { disabled }),
    }));
    await editing.save(id, base, { edits: [], additions }, signal);
  }

  /** Switches the workspace to the local vault, so that no sample goes to another provider. */
  async #useLocalVault(workspaceId: string): Promise<void> {
    if (this.parts.settings.resolve(workspaceId).provider === PROVIDER) return;
    await this.#haveLocalVault(workspaceId);
  }

  async #haveLocalVault(workspaceId: string): Promise<void> {
    await this.parts.connections.save({
      workspaceId,
      scope: 'workspace',
      provider: PROVIDER,
      values: providerDescriptors[PROVIDER].defaults,
      credentials: {},
    });
  }

  /** Links to the secret that an earlier attempt left at the path. */
  async #link(id: string, path: string, signal: AbortSignal): Promise<void> {
    const { links } = this.parts;
    const { exists, serverRevision } = await links.preview(id, path, signal);
    const resolution = exists ? 'take-server' : 'push';
    await links.enable({ id, path, resolution, serverRevision }, signal);
  }
}
