/**
 * Running the program that a profile names in credential_process: with the PATH of the login shell, and with a word
 * for a program that is not found. The SDK starts it with `exec` of Node, or with a function that is put in its place:
 * see `resolveProcessCredentials` of `@aws-sdk/credential-provider-process`.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { exec } from 'node:child_process';
import { promisify } from 'node:util';
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

/** Those of the login shell first, as in a terminal, then what only this process has. */
const joined = (login: string, own: string): string =>
  [...new Set([...login.split(':'), ...own.split(':')])].filter(Boolean).join(':');

async function runProgram(command: string): Promise<{ readonly stdout: string }> {
  const current = finding.getStore();
  if (current === undefined) return promisify(exec)(command);
  const { env, loginPath } = current.runtime;
  const [login, own = ''] = [await loginPath(), env['PATH']];
  const path = login === undefined ? own : joined(login, own);
  try {
    return await promisify(exec)(
      command,
      login === undefined ? {} : { env: { ...env, PATH: path } },
    );
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === COMMAND_NOT_FOUND) {
      current.notFound = { program: programOf(command), path };
    }
    throw error;
  }
}

/** The SDK makes a promise of what it is given, and for that a function may bring another one, as `exec` does. */
const insteadOfExec = Object.assign(() => undefined, { [promisify.custom]: runProgram });

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
  externalDataInterceptor.interceptToken('exec', insteadOfExec);
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
