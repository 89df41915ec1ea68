/** `strongroom run` */
import { basename } from 'node:path';
import { AppError, isAppError } from '@shared/errors';
import type { BrokeredVariable } from '@shared/model/brokered';
import { listOf } from '@shared/model/format';
import { parseDotenv } from '@shared/model/import/parse-dotenv';
import { parseAssignments, parseValue, type Assignment } from '@shared/model/reference';
import { textFromFile } from '../arguments';
import { chosenEnvironments, warnOfDoubtful } from '../chosen';
import type { Context } from '../context';
import type { Broker } from '../run/broker/broker';
import { startChild, type Child, type Ended } from '../run/child';
import { childEnvironment } from '../run/environment';
import { Patterns, type SecretValue } from '@core/secrets/redact';
import { supervise, type Watch } from '../run/supervise';
import type { EnvironmentsOptions } from '../tree/run';

interface RunOptions extends EnvironmentsOptions {
  readonly var?: readonly string[];
  readonly only?: readonly string[];
  readonly envFile?: readonly string[];
  readonly expand?: true;
  /** `true` without names. */
  readonly brokered?: true | readonly string[];
  readonly watch?: true;
  readonly watchInterval: string;
  readonly redact: boolean;
}

/** What the command is started with. */
interface Values {
  readonly variables: ReadonlyMap<string, string>;
  readonly secrets: readonly SecretValue[];
  /** Those of which it gets a placeholder. */
  readonly brokered: readonly BrokeredVariable[];
  /** The ids of the environments that they come from. */
  readonly environments: readonly string[];
}

export async function run(
  context: Context,
  options: RunOptions,
  [command = '', ...args]: readonly string[],
): Promise<number> {
  const { terminal, output } = context;
  const interval = intervalOf(options);
  const notStarted = new AppError('CANCELLED', { message: `${command} was not started.` });
  const first = await valuesFor(context, options, true).catch((error: unknown) => {
    throw isAppError(error, 'CANCELLED') ? notStarted : error;
  });
  const broker = options.brokered === undefined ? undefined : await startBroker(context, first);
  const start = ({ variables, secrets, brokered }: Values): Child => {
    const more = broker?.environmentFor(brokered) ?? [];
    const child = startChild({
      command,
      args,
      env: childEnvironment(terminal.env, new Map([...variables, ...more])),
      cwd: terminal.cwd,
      patterns: options.redact ? new Patterns(secrets) : undefined,
      stdout: terminal.stdout,
      stderr: terminal.stderr,
    });
    if (child.pid !== undefined) broker?.startedAs({ pid: child.pid, name: basename(command) });
    return child;
  };
  const watch = options.watch === true ? watchFor(context, options, interval, command) : undefined;
  let ended: Ended;
  try {
    // From here on, signals are for the command. One that came earlier was for this program.
    if (terminal.signal.aborted) throw notStarted;
    // The core is closed by now, so the data directory is free while the command runs.
    ended = await supervise(start, first, watch);
  } finally {
    await broker?.close();
  }
  const { code, problem } = ended;
  if (problem !== undefined) {
    await output.say(`${output.styled('red', 'Error:')} ${problem}`);
  }
  return code;
}

async function startBroker(context: Context, { brokered }: Values): Promise<Broker> {
  // Loaded only now: few commands need it.
  const { Broker } = await import('../run/broker/broker');
  const broker = await Broker.start(context);
  const names = brokered.map(({ key, grant: { name } }) => `${key} (grant “${name}”)`);
  await context.output.say(`The command gets a placeholder for ${listOf(names)}.`);
  return broker;
}

/** Reads `A,B=GRANT`; `undefined` for all. */
function wishesOf(texts: true | readonly string[]) {
  if (texts === true) return undefined;
  return texts
    .flatMap((text) => text.split(','))
    .filter((text) => text !== '')
    .map((text) => {
      const [, key = text, grant] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      return { key, ...(grant !== undefined && { grant }) };
    });
}

async function valuesFor(context: Context, options: RunOptions, warns: boolean): Promise<Values> {
  const assignments = await assignmentsOf(context, options, warns);
  const only = options.only?.flatMap((names) => names.split(',')).filter((name) => name !== '');
  const wishes = options.brokered === undefined ? undefined : wishesOf(options.brokered);
  const { variables, brokered, doubtful, read } = await context.withCore(
    ({ client, options: call }) =>
      client.run.variables(
        {
          ...context.workspace,
          environments: chosenEnvironments(context, options),
          assigned: assignments.map(({ key, source: { reference } }) => ({ key, reference })),
          ...(only !== undefined && { only }),
          expand: options.expand === true,
          ...(options.brokered !== undefined && {
            brokered: wishes === undefined ? {} : { variables: wishes },
          }),
        },
        call,
      ),
  );
  if (warns) await warnOfDoubtful(context, doubtful);
  const all = new Map(variables.map(({ key, value }) => [key, value]));
  const secrets: SecretValue[] = variables
    .filter(({ secret }) => secret)
    .map(({ key, value }) => ({ name: key, value }));
  for (const { key, source, isSecret } of assignments) {
    if (source.text === undefined) continue;
    all.set(key, source.text);
    if (isSecret) secrets.push({ name: key, value: source.text });
  }
  return { variables: all, secrets, brokered, environments: read };
}

interface Assigned extends Assignment {
  /** True for values of a file. A value on the command line is visible anyway. */
  readonly isSecret: boolean;
}

/** The variables of the files, then those of the command line. The last of a key counts. */
async function assignmentsOf(
  context: Context,
  { envFile = [], var: texts = [] }: RunOptions,
  warns: boolean,
): Promise<Assigned[]> {
  const byKey = new Map<string, Assigned>();
  for (const file of envFile) {
    const { entries, problems } = parseDotenv(await textFromFile(context, file));
    for (const { line, message } of warns ? problems : []) {
      await context.output.warn(`${file}, line ${String(line)}: ${message}`);
    }
    for (const { key, value, doubtful } of entries) {
      if (doubtful === true) continue;
      byKey.set(key, { key, source: parseValue(key, value), isSecret: true });
    }
  }
  for (const assignment of parseAssignments(texts, '--var')) {
    byKey.set(assignment.key, { ...assignment, isSecret: false });
  }
  return [...byKey.values()];
}

/** The shortest time between two looks, in seconds. */
const SHORTEST_INTERVAL = 0.1;

function intervalOf({ watchInterval }: RunOptions): number {
  const seconds = Number(watchInterval);
  if (seconds >= SHORTEST_INTERVAL && seconds <= 86_400) return seconds * 1000;
  throw new AppError('INVALID_INPUT', {
    message: `${watchInterval} is not a valid number of seconds for --watch-interval.`,
    hint: `Give a number from ${String(SHORTEST_INTERVAL)} to 86400.`,
  });
}

function watchFor(
  context: Context,
  options: RunOptions,
  interval: number,
  command: string,
): Watch<Values> {
  const { output } = context;
  // The terminal belongs to the command: nothing can be asked on it, and Ctrl+C may not be meant for this.
  const silent = context.silent(new AbortController().signal);
  let seen = '';
  let isFailing = false;
  return {
    interval,
    changed: async (given, signal) => {
      const revisions = await silent.withCore(({ client, options: call }) =>
        client.run.revisions({ environments: [...given.environments] }, { ...call, signal }),
      );
      const texts = await Promise.all(
        (options.envFile ?? []).map((file) => textFromFile(silent, file)),
      );
      const now = JSON.stringify([revisions, texts]);
      if (now !== seen) {
        const values = await valuesFor(silent, options, false);
        // Not before: after a failure, the next look tries again.
        seen = now;
        if (!isSame(given, values)) return values;
      }
      isFailing = false;
      return undefined;
    },
    restarting: (given, values) => {
      isFailing = false;
      const names = changedNames(given, values).join(', ');
      void output.say(`The values have changed (${names}). Starting ${command} again.`);
    },
    failed: (error) => {
      if (isFailing) return;
      isFailing = true;
      const why = error instanceof Error ? error.message : String(error);
      void output.warn(`The values could not be read again: ${why} ${command} keeps its values.`);
    },
  };
}

const isSame = (one: Values, other: Values): boolean => changedNames(one, other).length === 0;

/** The names of the variables that differ, are new, or are gone. A placeholder differs with its grant. */
function changedNames(first: Values, second: Values): string[] {
  const [one, other] = [first, second].map(
    ({ variables, brokered }) =>
      new Map([
        ...variables,
        ...brokered.map(({ key, ...grant }) => [key, JSON.stringify(grant)] as const),
      ]),
  );
  return [...new Set([...(one?.keys() ?? []), ...(other?.keys() ?? [])])].filter(
    (name) => one?.get(name) !== other?.get(name),
  );
}
