/** The environment variables of a program that is started. */
import { AppError } from '@shared/errors';
import { listOf } from '@shared/model/format';
import { nameInvisible } from '@shared/model/key-rules';

/**
 * Variables that hold a credential of Strongroom, or name a file with one, such as `STRONGROOM_PASSPHRASE_FILE`.
 * A program gets the values that it was given, and not the key to all others.
 */
const CREDENTIAL =
  /^STRONGROOM_(?:.*_)?(?:PASSPHRASE|PASSWORD|TOKEN|SECRET|KEY|CREDENTIALS?)(?:_.*)?$/i;

/**
 * The variables of this process without its credentials, and with those that were resolved. Throws
 * `INVALID_INPUT` with every name and value that a system refuses.
 */
export function childEnvironment(
  parent: Readonly<Record<string, string | undefined>>,
  variables: ReadonlyMap<string, string>,
): Record<string, string> {
  const refused = [...variables].flatMap(([key, value]) => refusalOf(key, value) ?? []);
  if (refused.length > 0) {
    throw new AppError('INVALID_INPUT', {
      message: `The command was not started. ${refused.join(' ')}`,
      hint: 'Rename the variable or change its value, or leave it out with --only.',
    });
  }
  const kept = Object.entries(parent).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !CREDENTIAL.test(entry[0]),
  );
  // Not by assignment, which would lose a variable called __proto__.
  return Object.fromEntries([...kept, ...variables]);
}

/** POSIX keeps `NAME=VALUE` with a NUL at its end, so neither can be in a name, and NUL in no value. */
function refusalOf(key: string, value: string): string | undefined {
  const causes = [
    ...(key === '' ? ['has no name'] : []),
    ...(key.includes('=') ? ['has a “=” in its name'] : []),
    ...(key.includes('\0') ? ['has a NUL character in its name'] : []),
    ...(value.includes('\0') ? ['has a NUL character in its value'] : []),
  ];
  if (causes.length === 0) return undefined;
  const name = key === '' ? 'A variable' : `The variable ${nameInvisible(key)}`;
  return `${name} ${listOf(causes)}, which no environment variable can have.`;
}
