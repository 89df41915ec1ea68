/** Finds variables of a workspace by their keys and values, among the values in memory. */
import { AppError } from '@shared/errors';
import {
  excerptOf,
  HITS_MAX,
  matchRank,
  SECRET_QUERY_MIN,
  wantedOf,
  type Found,
  type Hit,
  type Holders,
} from '@shared/model/search';
import { WHOLE_SECRET_KEY } from '@shared/model/variable';
import type { ActivityLog } from '@core/activity/activity-log';
import type { EnvironmentState } from '@core/environments/environment-state';
import { describeEntry, type KnownMarks } from '@core/environments/variables';
import { entriesOrText, type SecretDocument } from '@core/secrets/document';
import type { EnvironmentRow } from '@core/storage/environments';

export interface SearchServiceParts {
  readonly state: EnvironmentState;
  readonly activity: ActivityLog;
}

export interface SearchQuery {
  readonly workspaceId: string;
  readonly query: string;
  /** Whether secret values are searched too. */
  readonly secrets: boolean;
}

interface Ranked {
  readonly hit: Hit;
  readonly rank: number;
}

/** Environments between two looks at whether the search was cancelled. */
const AT_ONCE = 50;

export class SearchService {
  constructor(private readonly parts: SearchServiceParts) {}

  /** Throws `INVALID_INPUT` if secret values are searched for too short a text. */
  async find({ workspaceId, query, secrets }: SearchQuery, signal: AbortSignal): Promise<Found> {
    const wanted = wantedOf(query);
    if (secrets && wanted.whole.length < SECRET_QUERY_MIN) {
      throw new AppError('INVALID_INPUT', {
        message: `Enter at least ${String(SECRET_QUERY_MIN)} characters to search secret values.`,
      });
    }
    const keys = new Map<string, { rank: number; count: number; id: string }>();
    const values: Ranked[] = [];
    let unread = 0;
    await this.#each(workspaceId, signal, (row, document) => {
      if (document === undefined) {
        unread += 1;
        return;
      }
      let marks: KnownMarks | undefined;
      for (const [key, entry] of entriesOrText(document)) {
        const rank = key === WHOLE_SECRET_KEY ? undefined : matchRank(key, wanted);
        if (rank !== undefined) {
          const known = keys.get(key);
          if (known === undefined) keys.set(key, { rank, count: 1, id: row.id });
          else known.count += 1;
        } else if (entry.value.reveal().toLowerCase().includes(wanted.whole)) {
          marks ??= this.parts.state.shownMarks(row);
          const { secret, literal = '' } = describeEntry(key, entry, marks.get(key));
          const hit = { kind: 'value', key, id: row.id } as const;
          if (!secret)
            values.push({ hit: { ...hit, excerpt: excerptOf(literal, wanted) }, rank: 0 });
          else if (secrets) values.push({ hit, rank: 0 });
        }
      }
    });
    const byKey = [...keys].map(([key, { rank, count, id }]): Ranked => ({
      hit: { kind: 'key', key, count, id },
      rank,
    }));
    const ranked = [...byKey, ...values].toSorted(byRank);
    if (secrets) {
      const detail = `secret values, ${String(values.length)} found`;
      this.parts.activity.record({ workspaceId, action: 'searched', detail });
    }
    return {
      hits: ranked.slice(0, HITS_MAX).map(({ hit }) => hit),
      isCut: ranked.length > HITS_MAX,
      unread,
    };
  }

  async holders(workspaceId: string, key: string, signal: AbortSignal): Promise<Holders> {
    const holders = { having: [] as string[], lacking: [] as string[], unread: [] as string[] };
    await this.#each(workspaceId, signal, ({ id }, document) => {
      if (document === undefined) holders.unread.push(id);
      else holders[entriesOrText(document).has(key) ? 'having' : 'lacking'].push(id);
    });
    return holders;
  }

  /** Visits every environment; its document is absent if it is not in memory or cannot be decrypted now. */
  async #each(
    workspaceId: string,
    signal: AbortSignal,
    visit: (row: EnvironmentRow, document: SecretDocument | undefined) => void,
  ): Promise<void> {
    const { state } = this.parts;
    for (const [at, row] of state.rows(workspaceId).entries()) {
      if (at % AT_ONCE === 0) {
        await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) throw new AppError('CANCELLED');
      }
      visit(row, await documentOf(state, row));
    }
  }
}

async function documentOf(
  state: EnvironmentState,
  row: EnvironmentRow,
): Promise<SecretDocument | undefined> {
  try {
    return (await state.held(row))?.document;
  } catch {
    return undefined;
  }
}

/** Keys come before values; among equals, those of more environments, then the shorter ones. */
function byRank(a: Ranked, b: Ranked): number {
  const countOf = ({ hit }: Ranked): number => (hit.kind === 'key' ? hit.count : 0);
  return (
    b.rank - a.rank ||
    countOf(b) - countOf(a) ||
    a.hit.key.length - b.hit.key.length ||
    (a.hit.key < b.hit.key ? -1 : 1)
  );
}
