/** The variables for a program that gets placeholders: which grant is for which variable. */
import { AppError } from '@shared/errors';
import { listOf } from '@shared/model/format';
import type { BrokeredVariable } from '@shared/model/brokered';
import { formatReference } from '@shared/model/reference';
import { shellWord } from '@shared/model/shell';
import type { Lookup } from '@core/references/lookup';
import { noSuchVariables } from '@core/references/no-such-variables';
import type {
  GivenVariables,
  Origin,
  ProgramValues,
  VariablesWanted,
} from '@core/references/program-values';
import { isRedacted } from '@core/secrets/redact';
import type { GrantRow, Grants } from '@core/storage/grants';
import type { GrantService } from './grant-service';

/** A variable that is to be brokered. */
export interface BrokerWish {
  readonly key: string;
  /** The name or the id of its grant. Default: the only one that refers to it. */
  readonly grant?: string | undefined;
}

export interface BrokeredVariables extends GivenVariables {
  readonly brokered: readonly BrokeredVariable[];
}

export interface BrokeredVariablesParts {
  readonly programs: ProgramValues;
  readonly grants: GrantService;
  readonly rows: Grants;
  readonly lookup: Lookup;
}

/** A secret of a grant. */
interface Use {
  readonly row: GrantRow;
  readonly secret: string;
}

export class BrokeredProgramValues {
  constructor(private readonly parts: BrokeredVariablesParts) {}

  /**
   * As `ProgramValues.variables`, without the values of those that are brokered. Without wishes, these are all secret
   * variables that a grant refers to. Throws `INVALID_INPUT` if there is none, if no grant or more than one is for a
   * variable, and if another variable holds a value that is brokered.
   */
  async variables(
    wanted: VariablesWanted,
    wishes: readonly BrokerWish[] | undefined,
    signal: AbortSignal,
  ): Promise<BrokeredVariables> {
    const chosen = new Map<Origin, Use>();
    const given = await this.parts.programs.variables(wanted, signal, (origins) => {
      const found =
        wishes === undefined
          ? this.#all(wanted, origins)
          : wishes.map((wish) => this.#wished(wanted, origins, wish));
      for (const [origin, use] of found) chosen.set(origin, use);
      return new Set([...chosen.keys()].map(({ key }) => key));
    });
    assertNotGiven(given, [...chosen.keys()]);
    const brokered = [...chosen].map(([{ key }, { row, secret }]): BrokeredVariable => ({
      key,
      secret,
      grant: { id: row.id, name: row.name, type: row.settings.type, hosts: row.settings.hosts },
    }));
    return { ...given, brokered };
  }

  #all(wanted: VariablesWanted, origins: readonly Origin[]): [Origin, Use][] {
    const found = origins
      .filter(({ secret }) => secret)
      .flatMap((origin): [Origin, Use][] => {
        const uses = this.#usesOf(wanted, origin);
        return uses.length === 0 ? [] : [[origin, only(origin, uses)]];
      });
    if (found.length > 0) return found;
    throw new AppError('INVALID_INPUT', {
      message: 'No grant refers to a secret variable of these environments.',
      hint: 'Create a grant for a variable: strongroom grant create --name NAME --type bearer --host HOST --value @ENV/NAME',
    });
  }

  #wished(
    wanted: VariablesWanted,
    origins: readonly Origin[],
    { key, grant }: BrokerWish,
  ): [Origin, Use] {
    const origin = origins.find((each) => each.key === key);
    if (origin === undefined) {
      const environment = wanted.environments.at(-1) ?? this.#active(wanted);
      const known = new Map([[environment, origins.map((each) => each.key)]]);
      throw noSuchVariables([{ environment, key }], known);
    }
    if (grant === undefined) return [origin, only(origin, this.#usesOf(wanted, origin))];
    const row = this.parts.grants.row(grant, wanted);
    const original = this.parts.grants.chain(row).rows.at(-1) ?? row;
    const secret = this.#secretIn(original, origin);
    if (secret !== undefined) return [origin, { row, secret }];
    throw new AppError('INVALID_INPUT', {
      message: `The grant “${row.name}” does not refer to the variable ${nameOf(origin)}.`,
      hint: `Rotate it to refer to it: strongroom grant rotate ${shellWord(row.name)} --value ${shellWord(nameOf(origin))}`,
    });
  }

  #active({ workspace }: VariablesWanted): string {
    return this.parts.lookup.environment({ workspace }).environment.name;
  }

  /** The grants whose secret is there. A clone is used only if it is named. */
  #usesOf(wanted: VariablesWanted, origin: Origin): Use[] {
    const { id } = this.parts.lookup.workspace(wanted);
    return this.parts.rows.list(id).flatMap((row) => {
      const secret = row.originalId === undefined ? this.#secretIn(row, origin) : undefined;
      return secret === undefined ? [] : [{ row, secret }];
    });
  }

  /** The name of the secret that is this variable. */
  #secretIn({ workspaceId, references }: GrantRow, origin: Origin): string | undefined {
    const { environment, variable } = origin;
    const isThere = (named: string): boolean =>
      this.parts.lookup.isEnvironment(
        { workspace: workspaceId, environment: named },
        environment.id,
      );
    return references.find(({ environment: named, key }) => key === variable && isThere(named))
      ?.name;
  }
}

const nameOf = ({ environment, variable }: Origin): string =>
  formatReference({ vault: environment.name, key: variable });

/** Throws `INVALID_INPUT` unless there is one. */
function only(origin: Origin, uses: readonly Use[]): Use {
  const [first, second] = uses;
  if (first !== undefined && second === undefined) return first;
  const reference = shellWord(nameOf(origin));
  if (first === undefined) {
    throw new AppError('INVALID_INPUT', {
      message: `No grant refers to the variable ${origin.key}.`,
      hint: `Create one: strongroom grant create --name NAME --type bearer --host HOST --value ${reference}`,
    });
  }
  const names = uses.map(({ row }) => `“${row.name}”`);
  throw new AppError('INVALID_INPUT', {
    message: `Several grants refer to the variable ${origin.key}: ${listOf(names)}.`,
    hint: `Choose one: --brokered ${origin.key}=${shellWord(first.row.name)}`,
  });
}

/** A program must not get by another name what it does not get by this one. */
function assertNotGiven({ variables }: GivenVariables, brokered: readonly Origin[]): void {
  for (const { key: withheld, value } of brokered) {
    const text = value.reveal();
    const holder = isRedacted(text)
      ? variables.find((each) => each.value.includes(text))
      : undefined;
    if (holder === undefined) continue;
    throw new AppError('INVALID_INPUT', {
      message: `The variable ${holder.key} contains the value of ${withheld}, which the program must not get.`,
      hint: `Broker ${holder.key} too, or leave it out with --only.`,
    });
  }
}
