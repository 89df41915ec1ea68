/**
 * Running the program that a profile names in credential_process: with the PATH of the login shell, and with a word
 * for a program that is not found. The SDK starts it with `exec` of Node, or with a function that is put in its place:
 * see `resolveProcessCredentials` of `@aws-sdk/credential-provider-process`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { exec } from 'node:child_process';
import type { AwsValues } from '@shared/providers/aws';
import { AppError } from '@shared/errors';
import type { Runtime } from '@core/runtime';

type Surroundings = Pick<Runtime, 'env' | 'loginPath'>;

/** A program that the shell did not find, or that did not find another one. */
interface NotFound {
  readonly program: string;
  readonly path: string;
}

interface Finding {
  readonly runtime: Surroundings;
  notFound?: NotFound;
}

/** Whose credentials are being found: the function in the place of `exec` is one for all. */
const finding = new AsyncLocalStorage<Finding>();

/** What a shell exits with if there is no such command. */
const COMMAND_NOT_FOUND = 127;

type Done = (error: Error | null, result?: { readonly stdout: string }) => void;

/** Those of the login shell first, as in a terminal, then what only this process has. */
const joined = (login: string, own: string): string =>
  [...new Set([...login.split(':'), ...own.split(':')])].filter(Boolean).join(':');

function runProgram(command: string, done: Done): void {
  const current = finding.getStore();
  const start = (path: string | undefined): void => {
    const options = path === undefined ? {} : { env: { ...current?.runtime.env, PATH: path } };
    exec(command, options, (error, stdout) => {
      if (error?.code === COMMAND_NOT_FOUND && current !== undefined) {
        const searched = path ?? current.runtime.env['PATH'] ?? '';
        current.notFound = { program: programOf(command), path: searched };
      }
      done(error, { stdout });
    });
  };
  if (current === undefined) {
    start(undefined);
    return;
  }
  const { env, loginPath } = current.runtime;
  loginPath()
    .then((login) => {
      start(login === undefined ? undefined : joined(login, env['PATH'] ?? ''));
    })
    // A command that Node does not start at all, such as one with a NUL in it.
    .catch((error: unknown) => {
      done(error instanceof Error ? error : new Error('Not started', { cause: error }));
    });
}

/** The first word of a command. What follows it may be a secret. */
const programOf = (command: string): string => {
  const [, double, single, plain] = /^\s*(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(command) ?? [];
  return double ?? single ?? plain ?? '';
};

/** Runs the SDK's search for credentials. Throws what it throws, or that a program was not found. */
export async function findingPrograms<T>(
  runtime: Surroundings,
  { authentication }: Pick<AwsValues, 'authentication'>,
  find: () => Promise<T>,
): Promise<T> {
  const { externalDataInterceptor } = await import('@smithy/core/config');
  externalDataInterceptor.interceptToken('exec', runProgram);
  const current: Finding = { runtime };
  try {
    return await finding.run(current, find);
  } catch (error) {
    throw current.notFound === undefined ? error : notFoundError(current.notFound, authentication);
  }
}

const notFoundError = (
  { program, path }: NotFound,
  authentication: AwsValues['authentication'],
): AppError => {
  const isProfile = authentication === 'profile';
  return new AppError(isProfile ? 'PROFILE_FAILED' : 'AUTHENTICATION_FAILED', {
    message: `The program “${program}”, which credential_process names, or a program that it starts, was not found.`,
    likelyCause: `It is in none of the folders of PATH, which is here: ${path}. A terminal may have another one.`,
    hint: `Write the whole path of the program into credential_process in ~/.aws/config: “command -v ${program}” in a terminal shows it.`,
    details: isProfile ? { field: 'profile' } : undefined,
  });
};
