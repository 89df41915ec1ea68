/** The values of environments, synced or not, behind one interface. */
import type { EnvironmentRow } from '@core/storage/environments';
import { asRevision } from '@core/secrets/revision';
import { fingerprint } from '@core/secrets/document';
import type { HeldValues, SecretAddress, SessionSecrets } from '@core/secrets/session-secrets';
import { EMPTY_DOCUMENT, type LocalDocuments } from './local-documents';

/** The window's name for a base that is not on the server yet. No provider has such a revision. */
const ABSENT_TOKEN = 'absent';

/** Takes the place of a connection id for environments that are not synced. */
const LOCAL = 'local';

export const revisionToken = ({ revision }: HeldValues): string => revision ?? ABSENT_TOKEN;

type Place = Pick<EnvironmentRow, 'workspaceId' | 'path'>;

export class EnvironmentValues {
  constructor(
    private readonly session: SessionSecrets,
    private readonly documents: LocalDocuments,
  ) {}

  /** `undefined` while a synced environment's values are not in memory. */
  async held(row: EnvironmentRow, connectionId: string): Promise<HeldValues | undefined> {
    if (row.synced) return this.heldInMemory(row, connectionId);
    const document = await this.documents.get(row.id);
    return { document, revision: asRevision(fingerprint(document)) };
  }

  /** Whether `held`, called in the same turn, asks nobody for the key. */
  isAtHand({ id, synced }: EnvironmentRow): boolean {
    return synced || this.documents.isAtHand(id);
  }

  /** The values of a synced environment. */
  heldInMemory(row: Place, connectionId: string): HeldValues | undefined {
    return this.session.get(addressOf(row, connectionId))?.values;
  }

  /**
   * What edits were made on, which may be newer or older than what is there now. `undefined` if it is no
   * longer in memory.
   */
  at(row: EnvironmentRow, connectionId: string, token: string): HeldValues | undefined {
    const revision = token === ABSENT_TOKEN ? null : asRevision(token);
    const held = this.session.at(
      row.synced ? addressOf(row, connectionId) : localAddress(row),
      revision,
    );
    return held ?? (revision === null ? { document: EMPTY_DOCUMENT, revision } : undefined);
  }

  /** Keeps in memory what a version of a synced environment holds. */
  keepSeen(row: Place, connectionId: string, values: HeldValues): void {
    this.session.putSeen(addressOf(row, connectionId), values);
  }

  /** Keeps in memory what an environment that is not synced held until now. */
  keepPast(row: Pick<EnvironmentRow, 'workspaceId' | 'id'>, values: HeldValues, at: number): void {
    this.session.put(localAddress(row), { values, pulledAt: at });
  }

  keep(row: Place, connectionId: string, values: HeldValues, pulledAt: number): void {
    this.session.put(addressOf(row, connectionId), { values, pulledAt });
  }

  /** Replaces the notes of what is in memory of a synced environment. */
  keepNotes(row: Place, connectionId: string, notes: HeldValues['notes']): void {
    const address = addressOf(row, connectionId);
    const current = this.session.get(address);
    if (current === undefined) return;
    this.session.put(address, { ...current, values: { ...current.values, notes } });
  }

  forget(row: EnvironmentRow, connectionId: string): void {
    this.session.delete(addressOf(row, connectionId));
    this.session.delete(localAddress(row));
  }
}

const addressOf = ({ workspaceId, path }: Place, connectionId: string): SecretAddress => ({
  workspaceId,
  connectionId,
  path,
});

const localAddress = ({
  workspaceId,
  id,
}: Pick<EnvironmentRow, 'workspaceId' | 'id'>): SecretAddress => ({
  workspaceId,
  connectionId: LOCAL,
  path: id,
});
