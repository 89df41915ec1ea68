/** Edits a secret as a person does: with the calls of the window, with merges and second attempts. */
import type { RouterClient } from '@orpc/server';
import type { EnvironmentMerge } from '@shared/model/environment-merge';
import { errorCodes, type ErrorCode } from '@shared/errors';
import type { ChangeSet, Edit } from '@shared/model/change-set';
import type { WindowRouter } from '@server/window/router';
import { versionOf, type Act, type Content, type Outcome } from './history';
import type { Random } from './random';

export interface Client {
  readonly client: RouterClient<WindowRouter>;
  readonly workspaceId: string;
}

export interface Tally {
  /** Saves, removals, undeletes and pulls that were started. */
  operations: number;
  /** Saves that succeeded after a conflict. */
  merged: number;
  /** Writes and removals whose outcome the client reported as unknown. */
  unknown: number;
}

/** Where an actor notes what it does. */
export interface Ledger {
  write(author: string, from: Content | undefined, to: Content): Act;
  remove(author: string, content: Content): Act;
  /** Absent if nothing is undeleted. */
  undelete?(author: string): Act;
  settle(act: Act, outcome: Outcome): void;
  read(content: Content): void;
}

/** Makes one call; its kind decides which other calls wait for it. */
export type Step = <T>(kind: 'look' | 'save' | 'remove', call: () => Promise<T>) => Promise<T>;

export interface ActorParts extends Client {
  readonly name: string;
  readonly path: string;
  readonly random: Random;
  readonly history: Ledger;
  readonly tally: Tally;
  readonly step: Step;
  readonly habits: Habits;
}

/** What the store allows. */
export interface Habits {
  readonly canUndelete: boolean;
  /** Whether a write from an old version is merged with what came between: see decision 31. */
  readonly merges: boolean;
  /** Whether a save that removes variables deletes something for good, so that it must not overlap. */
  readonly deletesVariables: boolean;
}

const isErrorCode = (code: unknown): code is ErrorCode => errorCodes.some((each) => each === code);

/** A call that fails with one of these has changed nothing. */
const REFUSED: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'ALREADY_EXISTS',
  'CONFLICT',
  'NOT_FOUND',
  'PERMISSION_DENIED',
  'SCHEDULED_FOR_DELETION',
  'SECRET_DELETED',
]);

/** A call fails with one of these if its connection was cut, perhaps in the middle of a folder. */
const BROKEN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'CONNECTION_REFUSED',
  'CONNECTION_RESET',
  'TIMED_OUT',
  'OFFLINE',
  'PARTLY_WRITTEN',
]);

const SHARED_KEYS = ['S1', 'S2', 'S3'] as const;
/** The number of earlier versions that the core keeps in memory as bases. */
const ROUNDS = 6;

/** The content to save, and what it is based on. */
interface Draft {
  readonly base: string;
  readonly before: Content;
  readonly wanted: Content;
}

export class Actor {
  #id: string | undefined;
  #base: string | undefined;
  #held: Content = new Map();
  #serial = 0;

  constructor(private readonly parts: ActorParts) {}

  /** Does one thing that a person does. */
  async act(): Promise<void> {
    const { random, tally, habits } = this.parts;
    tally.operations += 1;
    if (this.#id === undefined) return this.link();
    const dice = random.next();
    if (dice < (habits.merges ? 0.03 : 0.08)) return this.#remove();
    if (habits.canUndelete && dice < 0.14) return this.#undelete();
    if (dice < 0.3) {
      await this.#pull();
      return undefined;
    }
    return this.#edit();
  }

  /** Links an environment to the path. Takes the content of the path, or writes there if it is empty. */
  async link(): Promise<void> {
    const { client, workspaceId, path, name, step } = this.parts;
    this.#serial += 1;
    const { id } = await client.environments.create({ workspaceId, name: `${path} ${name}` });
    const preview = await this.#try(() =>
      step('look', () => client.environments.previewSync({ id, path })),
    );
    if (typeof preview === 'string') return this.#unlink(id);
    const { exists, serverRevision } = preview;
    const own = this.#own();
    if (!exists) {
      const { base = '' } = await client.environments.open({ id });
      const additions = [...own].map(([key, value]) => ({ key, value }));
      await client.environments.save({ id, base, changes: { edits: [], additions } });
    }
    const failure = exists
      ? await this.#failure(() =>
          step('look', () =>
            client.environments.enableSync({
              id,
              path,
              resolution: 'take-server',
              serverRevision,
            }),
          ),
        )
      : await this.#write(undefined, own, () =>
          client.environments.enableSync({ id, path, resolution: 'push' }),
        );
    if (failure !== undefined) return this.#unlink(id);
    this.#id = id;
    return this.#look();
  }

  /** Removes the environment here; the secret at the path stays. */
  async leave(): Promise<void> {
    if (this.#id !== undefined) await this.#unlink(this.#id);
  }

  async #edit(): Promise<void> {
    const id = this.#linked();
    if (this.#base === undefined && (await this.#pull()) !== undefined) return;
    if (this.#base === undefined) return;
    const draft = { base: this.#base, before: this.#held, wanted: this.#wish(this.#held) };
    const { client } = this.parts;
    await this.#save(draft, () =>
      client.environments.save({ id, base: draft.base, changes: changesOf(draft) }),
    );
  }

  /** Saves. If another client came first, merges and saves again. */
  async #save(draft: Draft, save: () => Promise<unknown>): Promise<void> {
    const { random, tally, habits } = this.parts;
    let failure = await this.#writeTwice(draft.before, draft.wanted, save);
    let { wanted } = draft;
    for (let round = 1; failure !== undefined && !BROKEN.has(failure); round += 1) {
      if (round > ROUNDS) return;
      wanted = this.#stamped(wanted);
      const mine = { ...draft, wanted };
      const merge = await this.#merge(mine);
      if (typeof merge === 'string') return;
      if (merge.state === 'there') failure = await this.#saveMerged(mine, merge);
      else {
        const next = random.pick(['write again', 'undelete', 'give up']);
        if (next === 'undelete' && !habits.canUndelete) return;
        if (next === 'give up') return;
        if (next === 'undelete') await this.#undelete();
        else failure = await this.#recreate(mine);
      }
      if (failure === undefined) tally.merged += 1;
    }
  }

  #merge(draft: Draft): Promise<EnvironmentMerge | ErrorCode> {
    const id = this.#linked();
    const { client, step } = this.parts;
    const { base } = draft;
    const changes = changesOf(draft);
    return this.#try(() =>
      step('look', () => client.environments.merge({ id, base, changes, fetch: true })),
    );
  }

  async #saveMerged(
    draft: Draft,
    { rows, theirs }: Extract<EnvironmentMerge, { state: 'there' }>,
  ): Promise<ErrorCode | undefined> {
    const id = this.#linked();
    const { client, random, name } = this.parts;
    await this.#look();
    const there = this.#held;
    const { before, wanted, base } = draft;
    const conflicts = rows.flatMap(({ key, outcome }) => (outcome === 'conflict' ? [key] : []));
    const expected = conflictsOf(before, wanted, there);
    if (conflicts.toSorted().join() !== expected.toSorted().join()) {
      throw new Error(`Conflicts ${conflicts.join()} where there are ${expected.join()}`);
    }
    const choices = conflicts.map((key) => ({
      key,
      side: key === `OWN_${name}` || random.chance(0.5) ? ('mine' as const) : ('theirs' as const),
    }));
    const theirKeys = new Set(choices.flatMap(({ key, side }) => (side === 'theirs' ? [key] : [])));
    const merged = new Map(there);
    for (const key of new Set([...before.keys(), ...wanted.keys()])) {
      if (before.get(key) === wanted.get(key) || theirKeys.has(key)) continue;
      const value = wanted.get(key);
      if (value === undefined) merged.delete(key);
      else merged.set(key, value);
    }
    const changes = changesOf(draft);
    return this.#writeTwice(there, merged, () =>
      client.environments.saveMerged({ id, base, changes, theirs: theirs.base, choices }),
    );
  }

  #recreate(draft: Draft): Promise<ErrorCode | undefined> {
    const id = this.#linked();
    const { base, wanted } = draft;
    const changes = changesOf(draft);
    return this.#writeTwice(undefined, wanted, () =>
      this.parts.client.environments.recreate({ id, base, changes }),
    );
  }

  async #remove(): Promise<void> {
    const id = this.#linked();
    const { client, history, step, name } = this.parts;
    if ((await this.#pull()) !== undefined) return;
    const removal = history.remove(name, this.#held);
    const failure = await this.#failure(() =>
      step('remove', () => client.environments.remove({ id, onServer: true })),
    );
    history.settle(removal, this.#outcome(failure));
    if (failure !== undefined) return;
    this.#id = undefined;
    this.#base = undefined;
  }

  async #undelete(): Promise<void> {
    const id = this.#linked();
    const { client, history, step, name } = this.parts;
    const undelete = history.undelete?.(name);
    const failure = await this.#failure(() =>
      step('save', () => client.environments.undelete({ id })),
    );
    if (undelete !== undefined) history.settle(undelete, this.#outcome(failure));
    await this.#pull();
  }

  async #pull(): Promise<ErrorCode | undefined> {
    const id = this.#linked();
    const { client, step } = this.parts;
    const failure = await this.#failure(() => step('look', () => client.environments.pull({ id })));
    if (failure === undefined) await this.#look();
    return failure;
  }

  /** As `#write`. If the outcome is unknown, mostly repeats the write. */
  async #writeTwice(
    from: Content | undefined,
    to: Content,
    call: () => Promise<unknown>,
  ): Promise<ErrorCode | undefined> {
    const { history, name } = this.parts;
    const write = history.write(name, from, to);
    const failure = await this.#write(from, to, call, write);
    if (failure === undefined || !BROKEN.has(failure) || this.parts.random.chance(0.3)) {
      return failure;
    }
    return this.#write(from, to, call, write);
  }

  /** Makes a write and records its outcome. */
  async #write(
    from: Content | undefined,
    to: Content,
    call: () => Promise<unknown>,
    write: Act = this.parts.history.write(this.parts.name, from, to),
  ): Promise<ErrorCode | undefined> {
    const { history, step, habits } = this.parts;
    const wasSent = Number.isFinite(write.end);
    const removes = habits.deletesVariables && [...(from ?? [])].some(([key]) => !to.has(key));
    const failure = await this.#failure(() => step(removes ? 'remove' : 'save', call));
    const outcome = this.#outcome(failure);
    // If the second attempt is refused, the first may still have succeeded.
    history.settle(write, wasSent && outcome === 'refused' ? 'unknown' : outcome);
    if (failure !== undefined) return failure;
    if (this.#id === undefined) return undefined;
    await this.#look();
    const held = habits.merges ? this.#heldOf(from, to) : this.#held;
    if (versionOf(held) !== versionOf(to)) {
      throw new Error(`Saved ${versionOf(to)}, and there is ${versionOf(this.#held)}`);
    }
    return undefined;
  }

  /** What should be there, with the variables that were written as they are. */
  #heldOf(from: Content | undefined, to: Content): Content {
    const held = new Map(to);
    for (const key of new Set([...(from?.keys() ?? []), ...to.keys()])) {
      if (from?.get(key) === to.get(key)) continue;
      const value = this.#held.get(key);
      if (value === undefined) held.delete(key);
      else held.set(key, value);
    }
    return held;
  }

  #outcome(failure: ErrorCode | undefined): Outcome {
    if (failure === undefined) return 'acknowledged';
    if (!BROKEN.has(failure)) return 'refused';
    this.parts.tally.unknown += 1;
    return 'unknown';
  }

  /** The code that a call fails with; throws if the code is not expected. */
  async #failure(call: () => Promise<unknown>): Promise<ErrorCode | undefined> {
    const result = await this.#try(async () => {
      await call();
      return undefined;
    });
    return result;
  }

  /** The result of a call, or the code it fails with; throws if the code is not expected. */
  async #try<T>(call: () => Promise<T>): Promise<T | ErrorCode> {
    try {
      return await call();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (isErrorCode(code) && (REFUSED.has(code) || BROKEN.has(code))) return code;
      throw error;
    }
  }

  /** Records the values in memory now. */
  async #look(): Promise<void> {
    const id = this.#linked();
    const { client, history } = this.parts;
    const [{ values }, { base }] = await Promise.all([
      client.environments.revealAll({ id }),
      client.environments.open({ id }),
    ]);
    this.#held = new Map(values.map(({ key, value }) => [key, value]));
    this.#base = base;
    history.read(this.#held);
  }

  async #unlink(id: string): Promise<void> {
    await this.parts.client.environments.remove({ id, onServer: false });
    this.#id = undefined;
    this.#base = undefined;
  }

  #linked(): string {
    if (this.#id === undefined) throw new Error('There is no environment');
    return this.#id;
  }

  #own(): Content {
    return this.#stamped(new Map());
  }

  /** Adds a value that no other content has, so that every attempt is another version. */
  #stamped(content: Content): Content {
    this.#serial += 1;
    return new Map(content).set(`OWN_${this.parts.name}`, String(this.#serial));
  }

  /** A change to the content that a person could want. */
  #wish(held: Content): Content {
    const { random, name } = this.parts;
    const wanted = new Map(this.#stamped(held));
    for (let count = random.between(0, 2); count > 0; count -= 1) {
      const key = random.pick([...SHARED_KEYS, `X_${name}`]);
      if (random.chance(0.25)) wanted.delete(key);
      else wanted.set(key, `${name}.${String(this.#serial)}`);
    }
    return wanted;
  }
}

/** The keys that both sides changed to different values. */
const conflictsOf = (before: Content, mine: Content, theirs: Content): string[] =>
  [...new Set([...before.keys(), ...mine.keys(), ...theirs.keys()])].filter((key) => {
    const [was, wanted, is] = [before.get(key), mine.get(key), theirs.get(key)];
    return was !== wanted && was !== is && wanted !== is;
  });

function changesOf({ before, wanted }: Draft): ChangeSet {
  return {
    edits: [...before].flatMap(([key, was]): Edit[] => {
      const value = wanted.get(key);
      if (value === was) return [];
      return value === undefined ? [{ key, remove: true }] : [{ key, value }];
    }),
    additions: [...wanted].flatMap(([key, value]) => (before.has(key) ? [] : [{ key, value }])),
  };
}
