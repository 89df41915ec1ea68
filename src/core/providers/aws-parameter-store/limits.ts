/**
 * What AWS lets a parameter be called and hold, checked before a call is made.
 * Source: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
import { AppError, isAppError } from '@shared/errors';
import type { ParameterTier } from '@aws-sdk/client-ssm';
import type { AwsParameterStoreValues } from '@shared/providers/aws-parameter-store';
import { entriesOf, documentToText, type SecretDocument } from '@core/secrets/document';
import { nameOfCharacter } from '../check/texts';
import { assertHasEntries, textOfEntry } from '../entries';
import { isFolder } from '@shared/model/layout';
import { pathProblem, platformLimits } from '@shared/model/platform-limits';
import type { Description } from './describe';
import { nameInFolder, type Names } from './names';

/** Characters of a name; AWS counts the ARN in front of it too, which takes about fifty. */
const NAME_MAX = 1011 - 50;
const LEVELS_MAX = 15;

/** Bytes of a value. */
const STANDARD_MAX = 4096;
const ADVANCED_MAX = 8192;

const allowed = 'AWS allows the letters a–z and A–Z, digits, and / _ . -';

/** Throws `NAME_NOT_ALLOWED`, naming what is not allowed. */
export function checkName(name: string): void {
  const refuse = (message: string, hint: string): never => {
    throw new AppError('NAME_NOT_ALLOWED', { message, hint, details: { path: name } });
  };
  if (name === '') refuse('A parameter needs a name.', allowed);
  const [wrong] = /[^A-Za-z0-9/_.-]/u.exec(name) ?? [];
  if (wrong !== undefined) {
    refuse(`AWS does not allow ${nameOfCharacter(wrong)} in the name of a parameter.`, allowed);
  }
  if (name.includes('//')) refuse('A level between two slashes is empty.', 'Remove one slash.');
  if (/^\/?(aws|ssm)/i.test(name)) {
    refuse('AWS keeps names that start with aws or ssm for itself.', 'Choose another name.');
  }
  const levels = name.split('/').length - 1;
  if (levels > LEVELS_MAX) {
    refuse(`The name has ${String(levels)} levels.`, `AWS allows ${String(LEVELS_MAX)} at most.`);
  }
  if (name.length > NAME_MAX) {
    refuse(
      `The name has ${String(name.length)} characters.`,
      `AWS allows about ${String(NAME_MAX)}, since it counts the ARN in front of it too.`,
    );
  }
}

/** Throws `INVALID_INPUT` for what AWS refuses to store, and `VALUE_TOO_LARGE`. `what` names it. */
function checkValue(text: string, what: string): void {
  if (text === '') {
    throw new AppError('INVALID_INPUT', {
      message: `Parameter Store cannot hold an empty value, and ${what} is empty.`,
      hint: 'Enter a value, or remove the variable.',
      details: { field: what },
    });
  }
  if (/\{\{.*\}\}/s.test(text)) {
    throw new AppError('INVALID_INPUT', {
      message: `Parameter Store does not take {{…}} in a value, and ${what} has it.`,
      likelyCause: 'AWS reads it as a reference to another parameter.',
      hint: 'Change the value, or keep the environment at another provider.',
      details: { field: what },
    });
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > ADVANCED_MAX) {
    throw new AppError('VALUE_TOO_LARGE', {
      message: `${what} takes ${count(bytes)} bytes, ${count(bytes - ADVANCED_MAX)} more than the ${count(ADVANCED_MAX)} that an Advanced parameter holds.`,
      hint: 'Keep the variables in a folder, one parameter each, or at another provider.',
      details: { field: what },
    });
  }
}

const count = (value: number): string => value.toLocaleString('en');

type TierSetting = AwsParameterStoreValues['tier'];

const tiers: Readonly<Record<TierSetting, ParameterTier>> = {
  standard: 'Standard',
  advanced: 'Advanced',
  intelligent: 'Intelligent-Tiering',
};

/**
 * The tier to ask for. A parameter that is written over keeps its tier, unless that is Standard and the value
 * needs more. `undefined` leaves it to AWS: the tier of what is written over is not known. Throws
 * `VALUE_TOO_LARGE` if neither its tier nor the setting takes the value. `known` is `undefined` for a new
 * parameter, `what` names it.
 */
export function tierFor(
  text: string,
  {
    known,
    setting,
    what,
  }: {
    readonly known: Pick<Description, 'tier'> | undefined;
    readonly setting: TierSetting;
    readonly what: string;
  },
): ParameterTier | undefined {
  const bytes = Buffer.byteLength(text);
  const tier = known === undefined ? tiers[setting] : known.tier;
  if (bytes <= STANDARD_MAX || tier === 'Advanced' || tier === 'Intelligent-Tiering') return tier;
  if (setting !== 'standard') return tiers[setting];
  if (tier === undefined) return undefined;
  throw new AppError('VALUE_TOO_LARGE', {
    message: `${what} takes ${count(bytes)} bytes, ${count(bytes - STANDARD_MAX)} more than the ${count(STANDARD_MAX)} that a Standard parameter holds.`,
    hint: 'Choose Intelligent as Tier: AWS then makes this parameter an Advanced one, which is charged. Or keep the value at another provider.',
    remedy: { open: 'connection', field: 'tier' },
    details: { field: 'tier' },
  });
}

/** Throws the first problem of what is to be written to a path. */
export function checkPath(names: Names, path: string, document: SecretDocument): void {
  if (document.shape === 'binary') throw new AppError('BINARY_VALUE');
  const name = names.nameOf(path);
  if (!isFolder(path)) {
    checkName(name);
    checkValue(documentToText(document), path);
    return;
  }
  if (document.shape === 'text') {
    throw new AppError('INVALID_INPUT', {
      message: 'A folder contains variables, but this is one text.',
      hint: 'Choose a path without a slash at its end.',
    });
  }
  assertHasEntries(document);
  for (const [key, entry] of entriesOf(document)) {
    if (key.includes('/')) {
      throw new AppError('NAME_NOT_ALLOWED', {
        message: `The key ${key} has a slash, which would put it into another folder.`,
        hint: 'Rename it, or store the environment as one parameter: a path without a slash at its end.',
        details: { field: key },
      });
    }
    checkName(nameInFolder(name, key));
    checkValue(textOfEntry(entry), key);
  }
}

/** Throws what `checkPath` throws, and the first problem of the path of an environment that is new. */
export function checkNew(names: Names, path: string, document: SecretDocument): void {
  checkPath(names, path, document);
  const problem = pathProblem(platformLimits, path);
  if (problem !== undefined) throw problem;
}

/** Why a document cannot be created at a path, whatever the tier. */
export function problemOf(
  names: Names,
  path: string,
  document: SecretDocument,
): AppError | undefined {
  try {
    checkNew(names, path, document);
    return undefined;
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}
