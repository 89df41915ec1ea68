/** References as the window shows them: checked while they are typed, followed on reveal, and found from their target. */
import type { ExportFormat } from '@shared/model/open-environment';
import { nearNames } from '@shared/model/near-names';
import {
  keptValue,
  namesIn,
  referenceIn,
  type CheckedValue,
  type PointsTo,
  type Use,
  type Uses,
  type VariableName,
} from '@shared/model/stored-reference';
import { mayRefer } from '@shared/model/may-refer';
import { formatReference, parseReference } from '@shared/model/reference';
import type { Draft } from '@shared/model/transfer';
import type { CopiedLines, EnvironmentReading } from '@core/environments/environment-reading';
import type { EnvironmentService } from '@core/environments/environment-service';
import type { EnvironmentState } from '@core/environments/environment-state';
import type { Secret } from '@core/secrets/secret';
import type { EnvironmentRow } from '@core/storage/environments';
import { circleText, endlessFrom } from './cycles';
import type { GrantReferences } from './grant-references';
import { suggestion } from './lookup';
import { LEVELS, resolveReferences, type ReferencedEnvironment } from './resolve';
import { ValuesInSight } from './values-in-sight';

export interface ReferenceServiceParts {
  readonly state: EnvironmentState;
  readonly environments: EnvironmentService;
  readonly reading: EnvironmentReading;
  readonly grants: GrantReferences;
}

/** A variable, and the unsaved edits of a window. */
export interface CheckedText {
  readonly key: string;
  readonly text: string;
}

type Issue = NonNullable<CheckedValue['issue']>;

export class ReferenceService {
  constructor(private readonly parts: ReferenceServiceParts) {}

  /**
   * What texts would be as values of an environment, in their order; `typed`: somebody is typing them, see
   * `keptValue`. Asks no provider, and writes nothing.
   */
  async check(
    id: string,
    texts: readonly CheckedText[],
    typed: boolean,
    drafts: readonly Draft[],
  ): Promise<CheckedValue[]> {
    const { state } = this.parts;
    const row = state.row(id);
    const checked: CheckedValue[] = [];
    for (const { key, text } of texts) {
      const sight = new ValuesInSight(state, row.workspaceId, drafts);
      checked.push(await checkText(sight, row, { key, text }, typed));
    }
    return checked;
  }

  /** The variables that refer to one, directly. Asks no provider. */
  async uses(id: string, key: string, drafts: readonly Draft[]): Promise<Uses> {
    const { state } = this.parts;
    const target = state.row(id);
    const sight = new ValuesInSight(state, target.workspaceId, drafts);
    const uses: Use[] = [];
    const unread: string[] = [];
    for (const row of sight.rows) {
      const seen = await sight.of(row);
      if (seen === undefined) {
        unread.push(row.name);
        continue;
      }
      const around = sight.around(row);
      for (const [name, value] of seen.values) {
        const text = value.reveal();
        const isNamed = namesIn(text, around).some(
          (named) => named.key === key && sight.find(named.vault)?.id === target.id,
        );
        if (!isNamed) continue;
        const isWhole = referenceIn(text, around.isEnvironment) !== undefined;
        uses.push({
          environmentId: row.id,
          environment: row.name,
          key: name,
          as: isWhole ? 'reference' : 'part',
          ...(seen.typed.has(name) && { unsaved: true }),
        });
      }
    }
    return {
      uses,
      unread,
      grants: this.parts.grants.using(
        target.workspaceId,
        (name) => name.key === key && sight.find(name.vault)?.id === target.id,
      ),
    };
  }

  /**
   * The value that programs get for a variable: references are followed, and `{{NAME}}` is replaced if the
   * environment has that on. Reads environments from their provider if they are not in memory. Logged. Throws
   * `UNKNOWN_REFERENCE`, `REFERENCE_CYCLE`, and what `pull` throws.
   */
  async resolve(
    id: string,
    key: string,
    action: 'revealed' | 'copied',
    signal: AbortSignal,
  ): Promise<string> {
    const [value] = await this.#resolved(this.parts.state.row(id), [key], signal);
    this.parts.reading.recordGiven(id, [key], action);
    return value?.reveal() ?? '';
  }

  /** What is not disabled, in one of the formats, as programs get it. Throws as `resolve` and `export` do. */
  async export(id: string, format: ExportFormat, signal: AbortSignal) {
    const { state, reading } = this.parts;
    const row = state.row(id);
    const marks = state.marks(row);
    const keys = [...(await reading.values(id))].flatMap(([key, value]) =>
      marks.get(key)?.disabled !== true && mayRefer(value.reveal()) ? [key] : [],
    );
    return reading.export(id, format, await this.#followed(row, keys, signal));
  }

  /**
   * Several variables as text for the clipboard, as programs get them; lines of a `.env` keep their references, so that
   * they can be pasted into another environment. Throws as `resolve` and `copyLines` of the environment do.
   */
  async copyLines(copied: CopiedLines, signal: AbortSignal) {
    const { state, reading } = this.parts;
    if (copied.format === 'dotenv') return reading.copyLines(copied);
    const values = await reading.values(copied.id);
    const keys = copied.lines.flatMap(({ key, value }) =>
      value === undefined && mayRefer(values.get(key)?.reveal() ?? '') ? [key] : [],
    );
    return reading.copyLines(copied, await this.#followed(state.row(copied.id), keys, signal));
  }

  async #followed(
    row: EnvironmentRow,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Secret>> {
    const values = await this.#resolved(row, keys, signal);
    return new Map(
      keys.flatMap((key, at) => {
        const value = values[at];
        return value === undefined ? [] : [[key, value] as const];
      }),
    );
  }

  async #resolved(
    row: EnvironmentRow,
    keys: readonly string[],
    signal: AbortSignal,
  ): Promise<Secret[]> {
    const sight = new ValuesInSight(this.parts.state, row.workspaceId);
    // Two environments can have one name; the id names one of them.
    const isUnique = sight.rows.filter(({ name }) => name === row.name).length === 1;
    const vault = isUnique ? row.name : row.id;
    const resolved = await resolveReferences(
      keys.map((key) => ({ place: key, target: { vault, key } })),
      {
        names: sight.rows.map(({ name }) => name),
        has: (name) => sight.find(name) !== undefined,
        load: (name) => this.#load(sight.find(name) ?? row, signal),
      },
    );
    return resolved.map(({ value }) => value);
  }

  async #load(row: EnvironmentRow, signal: AbortSignal): Promise<ReferencedEnvironment> {
    const { state, environments, reading } = this.parts;
    if ((await state.held(row)) === undefined) await environments.pull(row.id, signal);
    const values = await reading.values(row.id);
    return {
      expands: row.expands === true,
      values: new Map([...values].map(([key, value]) => [key, { value, secret: true }])),
    };
  }
}

async function checkText(
  sight: ValuesInSight,
  row: EnvironmentRow,
  { key, text }: CheckedText,
  typed: boolean,
): Promise<CheckedValue> {
  const own = await sight.of(row);
  const hasKey = (name: string): boolean => own?.values.has(name) === true;
  const kept = typed ? keptValue(text, row.name, hasKey) : text;
  const result: CheckedValue = kept === text ? {} : { kept };
  await sight.putText(row, key, kept);
  const { isEnvironment } = sight.around(row);
  const reference = referenceIn(kept, isEnvironment);
  if (reference !== undefined) {
    const target = await pointsTo(sight, reference);
    if (target !== undefined) result.reference = target;
  }
  const issue =
    (await endlessIssue(sight, row, key)) ??
    (reference === undefined && kept === text
      ? textIssue(sight, typed ? (own?.values.keys() ?? []) : [], kept)
      : undefined) ??
    (await missingIssue(sight, row, kept));
  return issue === undefined ? result : { ...result, issue };
}

async function pointsTo(
  sight: ValuesInSight,
  { vault, key }: VariableName,
): Promise<PointsTo | undefined> {
  const row = sight.find(vault);
  if (row === undefined) return undefined;
  const seen = await sight.of(row);
  const isThere = seen?.values.has(key) === true || seen?.renamed.has(key) === true;
  const state = seen === undefined ? 'not-loaded' : isThere ? 'found' : 'missing';
  return { environmentId: row.id, environment: row.name, key, state };
}

async function endlessIssue(
  sight: ValuesInSight,
  row: EnvironmentRow,
  key: string,
): Promise<Issue | undefined> {
  const endless = await endlessFrom(sight, row, key);
  if (endless === undefined) return undefined;
  return 'cycle' in endless
    ? { level: 'error', message: circleText(endless.cycle) }
    : {
        level: 'warning',
        message: `The value is more than ${String(LEVELS)} references away, so programs cannot get it.`,
      };
}

/** A text that looks like a reference, and is none. */
function textIssue(
  sight: ValuesInSight,
  ownKeys: Iterable<string>,
  text: string,
): Issue | undefined {
  const typed = parseReference(text);
  if (typed === undefined) return undefined;
  const message = (problem: string, near: readonly string[]): Issue => ({
    level: 'warning',
    message: [problem, suggestion(near), 'As it is, this value is text.'].filter(Boolean).join(' '),
  });
  if (typed.vault !== undefined) {
    const near = nearNames(
      typed.vault,
      sight.rows.map(({ name }) => name),
    );
    return message(`There is no environment “${typed.vault}”.`, near);
  }
  const near = nearNames(typed.key, ownKeys);
  // Many texts start with @. A warning helps only if a name is near.
  return near.length === 0
    ? undefined
    : message(`This environment has no variable ${typed.key}.`, near);
}

async function missingIssue(
  sight: ValuesInSight,
  row: EnvironmentRow,
  text: string,
): Promise<Issue | undefined> {
  const problems: string[] = [];
  for (const name of namesIn(text, sight.around(row))) {
    const to = sight.find(name.vault);
    if (to === undefined) {
      problems.push(`${formatReference(name)}: there is no environment “${name.vault}”.`);
      continue;
    }
    const target = await pointsTo(sight, name);
    if (target?.state === 'not-loaded') {
      problems.push(`“${to.name}” is not loaded, so nobody can check that it has ${name.key}.`);
    }
    if (target?.state !== 'missing') continue;
    const near = nearNames(name.key, (await sight.of(to))?.values.keys() ?? []);
    const problem = `“${to.name}” has no variable ${name.key}.`;
    problems.push([problem, suggestion(near)].filter(Boolean).join(' '));
  }
  return problems.length === 0
    ? undefined
    : { level: 'warning', message: [...new Set(problems)].join(' ') };
}
