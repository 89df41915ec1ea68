/** Runs the operations of a provider. Each ends in one word, and with all the text that it produced. */
import type { CheckStep } from '@shared/model/connection';
import { isAppError } from '@shared/errors';
import { inspect } from 'node:util';
import { documentFromText } from '@core/secrets/document';
import type { SecretsProvider } from '@core/providers/provider';
import type { Revision } from '@core/secrets/revision';

export const operations = [
  'check',
  'list',
  'read',
  'readMany',
  'write',
  'remove',
  'versions',
  'readVersion',
  'glance',
  'undelete',
] as const;
export type Operation = (typeof operations)[number];

/** The secrets that every store of the matrix starts with. */
export const secrets = {
  /** Has one version before the current one, if the store has versions. */
  app: 'app',
  inFolder: 'team/other',
  /** Deleted so that the provider can undelete it. */
  gone: 'gone',
} as const;

/** What the operations work on. */
export interface Matter {
  readonly paths: Readonly<Record<keyof typeof secrets, string>>;
  /** What is written to `app`. */
  readonly written: string;
}

/** Texts that are easy to find in a report. */
export const markers = {
  value: 'MARKEDvalue',
  written: 'MARKEDwritten',
  body: 'MARKEDbody',
  credential: 'MARKEDcredential',
} as const;

export const oldContent = JSON.stringify({ KEY: `${markers.value}-old` });
export const content = JSON.stringify({ KEY: markers.value });
export const newContent = JSON.stringify({ KEY: markers.written });

const usual: Matter = { paths: secrets, written: newContent };

export interface Outcome {
  /** `done`, the result of a glance, or the code; for a check with its step in front. */
  readonly said: string;
  /** All text that a person or a log could see. */
  readonly text: string;
}

const { signal } = new AbortController();

const done: Outcome = { said: 'done', text: '' };

/** Joins several outcomes, each code once. */
const together = (outcomes: readonly Outcome[]): Outcome => ({
  said: [...new Set(outcomes.map(({ said }) => said))].toSorted().join(' + '),
  text: outcomes.map(({ text }) => text).join('\n'),
});

function failed(error: unknown): Outcome {
  // Anything but an AppError would show as INTERNAL. The stack is here so that it can be fixed.
  if (!isAppError(error)) return { said: `threw ${inspect(error)}`, text: '' };
  const text = JSON.stringify(error.report());
  return { said: error.code, text: `${text}\n${inspect(error.cause, { depth: 8 })}` };
}

async function check(provider: SecretsProvider): Promise<Outcome> {
  const ends: CheckStep[] = [];
  for await (const step of provider.check({ signal })) {
    if (step.status !== 'running') ends.push(step);
  }
  const text = JSON.stringify(ends);
  const failure = ends.find(({ status }) => status === 'failed');
  if (failure !== undefined) return { said: `${failure.id} ${failure.error?.code ?? ''}`, text };
  const warning = ends.find(({ status, error }) => status === 'warned' && error !== undefined);
  if (warning === undefined) return { said: 'done', text };
  return { said: `warned ${warning.id} ${warning.error?.code ?? ''}`, text };
}

async function readMany(provider: SecretsProvider, paths: Matter['paths']): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  for await (const one of provider.readMany([paths.app, paths.inFolder], { signal })) {
    outcomes.push('error' in one ? failed(one.error) : done);
  }
  return together(outcomes);
}

async function list(provider: SecretsProvider, paths: Matter['paths']): Promise<Outcome> {
  const { secrets: found, unlisted } = await provider.list({ signal });
  if (unlisted.length > 0) {
    const { said, text } = together(unlisted.map(({ error }) => failed(error)));
    return { said: `unlisted ${said}`, text };
  }
  const missed = [paths.app, paths.inFolder].filter(
    (path) => !found.some((secret) => secret.path === path),
  );
  return missed.length === 0 ? done : { said: 'listed less', text: missed.join() };
}

/** `revision` is the current revision of `app`. */
async function operate(
  provider: SecretsProvider,
  operation: Operation,
  revision: Revision,
  { paths, written }: Matter,
): Promise<Outcome> {
  const { app, gone } = paths;
  switch (operation) {
    case 'check':
      return check(provider);
    case 'list':
      return list(provider, paths);
    case 'read':
      await provider.read(app, { signal });
      return done;
    case 'readMany':
      return readMany(provider, paths);
    case 'write':
      await provider.write(app, documentFromText(written), revision, { signal });
      return done;
    case 'remove':
      await provider.remove(app, revision, { signal });
      return done;
    case 'versions':
      await provider.versions(app, { signal });
      return done;
    case 'readVersion':
      await provider.readVersion(app, revision, { signal });
      return done;
    case 'glance': {
      const glance = await provider.glance(app, { signal });
      return { said: glance.state === 'present' ? 'done' : glance.state, text: '' };
    }
    case 'undelete':
      await provider.undelete(gone, { signal });
      return done;
  }
}

export async function run(
  provider: SecretsProvider,
  operation: Operation,
  revision: Revision,
  matter = usual,
): Promise<Outcome> {
  try {
    return await operate(provider, operation, revision, matter);
  } catch (error) {
    return failed(error);
  }
}

export const changes: ReadonlySet<Operation> = new Set<Operation>(['write', 'remove', 'undelete']);
