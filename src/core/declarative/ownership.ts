/** Who owns an environment: the mark in its store, and what this computer knows of it. */
import { AppError, isAppError } from '@shared/errors';
import type { MarkedHere } from '@shared/model/declaration';
import type { Connections } from '@core/connections/connections';
import type { OwnershipGuard } from '@core/environments/ownership-guard';
import type { Ownership as Mark } from '@core/providers/provider';
import type { EnvironmentRow } from '@core/storage/environments';
import type { OwnerMark, OwnerMarks } from '@core/storage/owner-marks';

export interface OwnershipParts {
  readonly marks: OwnerMarks;
  readonly connections: Connections;
}

export interface Owned {
  /** The name of the configuration; `undefined` if nobody owns the environment. */
  readonly owner: string | undefined;
  /** Whether its mark is where it is to be. */
  readonly isMarked: boolean;
  /** Why only this computer has a mark, or would have it; absent if the store keeps it. */
  readonly markedHere?: MarkedHere;
}

const NOBODY = { owner: undefined, isMarked: false } as const;

type Place = Pick<EnvironmentRow, 'workspaceId' | 'path'>;

export class Ownership implements OwnershipGuard {
  constructor(private readonly parts: OwnershipParts) {}

  async assertMayChange(
    row: EnvironmentRow,
    signal: AbortSignal,
    owners: readonly string[] = [],
  ): Promise<void> {
    const { owner } = await this.of(row, signal);
    if (owner === undefined || owners.includes(owner)) return;
    throw new AppError('OWNED_BY_CONFIG', {
      message: `The configuration “${owner}” owns the environment “${row.name}”.`,
      likelyCause: 'It was written by “strongroom apply”, and its mark says so.',
      details: { owner },
    });
  }

  async assertMayOverwrite(place: Place, signal: AbortSignal): Promise<void> {
    const { owner } = await this.at(place, signal);
    if (owner === undefined) return;
    throw new AppError('OWNED_BY_CONFIG', {
      message: `The configuration “${owner}” owns what is at ${place.path}.`,
      hint: 'Choose another path. Or link the environment with the values that are there, and change it then.',
      details: { path: place.path },
    });
  }

  async of(row: EnvironmentRow, signal: AbortSignal): Promise<Owned> {
    const { marks } = this.parts;
    const known = marks.find(row.id);
    if (!row.synced) {
      const markedHere = 'local';
      return known === undefined
        ? { ...NOBODY, markedHere }
        : { owner: known.owner, isMarked: known.place === 'here', markedHere };
    }
    const mark = await this.#read(row, signal);
    switch (mark.state) {
      case 'owned':
        // Also completes what was broken off after the store got its mark.
        if (known?.owner !== mark.by || known.place !== 'store') {
          marks.set(row.id, { owner: mark.by, place: 'store' });
        }
        return { owner: mark.by, isMarked: true };
      case 'unknown':
        return { ...this.#asKnown(known), markedHere: mark.why };
      case 'unowned':
        // Somebody else released it.
        if (known?.place === 'store') marks.remove(row.id);
        return this.#asKnown(known?.place === 'store' ? undefined : known);
    }
  }

  /** Of a path that no environment is linked to yet. */
  async at(place: Place, signal: AbortSignal): Promise<Owned> {
    const mark = await this.#read(place, signal);
    if (mark.state === 'owned') return { owner: mark.by, isMarked: true };
    return mark.state === 'unknown' ? { ...NOBODY, markedHere: mark.why } : NOBODY;
  }

  /** The environments that a configuration owns, as far as this computer knows. */
  knownOf(owner: string): string[] {
    return this.parts.marks.ownedBy(owner);
  }

  /**
   * Notes that a configuration is about to take an environment. If it is broken off from here on, the next apply
   * goes on without asking again. Returns what takes the note back.
   */
  intend(row: EnvironmentRow, owner: string): () => void {
    const { marks } = this.parts;
    const before = marks.find(row.id);
    marks.set(row.id, { owner, place: 'pending' });
    return () => {
      if (before === undefined) marks.remove(row.id);
      else marks.set(row.id, before);
    };
  }

  /** Sets the mark: in the store if it can be, else on this computer. Returns why it is here, if it is. */
  async mark(
    row: EnvironmentRow,
    owner: string,
    signal: AbortSignal,
  ): Promise<MarkedHere | undefined> {
    const keep = (place: OwnerMark['place']): void => {
      this.parts.marks.set(row.id, { owner, place });
    };
    if (!row.synced) {
      keep('here');
      return 'local';
    }
    const mark = await this.#set(row, owner, signal);
    // Without a secret there is nothing to set a mark on yet.
    keep(mark?.state === 'owned' ? 'store' : 'here');
    return mark?.state === 'unknown' ? mark.why : undefined;
  }

  /** Removes the mark. Returns who owned the environment. Throws `PERMISSION_DENIED` if the store keeps it. */
  async release(row: EnvironmentRow, signal: AbortSignal): Promise<string | undefined> {
    const { owner } = await this.of(row, signal);
    if (owner === undefined) return undefined;
    if (row.synced && this.parts.marks.find(row.id)?.place !== 'here') {
      const mark = await this.#set(row, null, signal);
      if (mark?.state === 'unknown' && mark.why === 'not-permitted') {
        throw new AppError('PERMISSION_DENIED', {
          message: `The credentials may not remove the mark of “${owner}” from ${row.path}.`,
          hint: 'Ask for the permission to change its tags or metadata, or change the configuration and apply it.',
          details: { path: row.path },
        });
      }
    }
    this.parts.marks.remove(row.id);
    return owner;
  }

  #asKnown(known: OwnerMark | undefined): Owned {
    if (known === undefined) return NOBODY;
    return { owner: known.owner, isMarked: known.place !== 'pending' };
  }

  async #read({ workspaceId, path }: Place, signal: AbortSignal): Promise<Mark> {
    const { provider } = await this.parts.connections.connect(workspaceId);
    return provider.owner?.(path, { signal }) ?? notSupported;
  }

  /** `undefined` if the path holds nothing. */
  async #set(
    { workspaceId, path }: Place,
    owner: string | null,
    signal: AbortSignal,
  ): Promise<Mark | undefined> {
    const { provider } = await this.parts.connections.connect(workspaceId);
    try {
      return await (provider.setOwner?.(path, owner, { signal }) ?? notSupported);
    } catch (error) {
      if (isAppError(error, 'NOT_FOUND')) return undefined;
      throw error;
    }
  }
}

const notSupported: Mark = { state: 'unknown', why: 'not-supported' };
