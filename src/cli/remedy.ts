/** The command that carries out a remedy, so that it can be pasted into the same shell. */
import type { AppError, ErrorCode, Remedy } from '@shared/errors';
import { shellWord } from '@shared/model/shell';
import { kebab } from './kebab';

/** What was typed. */
export interface CommandLine {
  /** All words after the name of the program. */
  readonly args: readonly string[];
  readonly dataDir?: string | undefined;
  readonly workspace?: string | undefined;
}

/** What a command helps with: a new one, or the one that was typed with an option more. */
type Advice = { readonly run: string } | { readonly again: readonly string[] };

const byCode: Partial<Record<ErrorCode, Advice>> = {
  CONFLICT: { again: [] },
  NO_SUCH_VARIABLE: { run: 'strongroom secret list' },
  NO_SUCH_VERSION: { run: 'strongroom history' },
  NO_SUCH_CLIENT: { run: 'strongroom client list' },
  NO_SUCH_GRANT: { run: 'strongroom grant list' },
  NOT_EMPTY: { again: ['--force'] },
  OWNED_BY_CONFIG: { again: ['--yes'] },
  NOT_ADOPTED: { again: ['--adopt'] },
  WOULD_DELETE_ALL: { again: ['--delete-all'] },
};

/** The credentials that a sign-in with a browser gives, of all providers. Their descriptors would load too much here. */
export const signInFields: ReadonlySet<string> = new Set(['ssoToken', 'oidcToken']);

/** Whether a remedy is to sign in with a browser. */
const asksForSignIn = (remedy: Remedy | undefined): boolean =>
  remedy !== undefined &&
  'field' in remedy &&
  remedy.field !== undefined &&
  signInFields.has(remedy.field);

/** A command that has this option repeats the environment that was typed. */
const TAKES_ENVIRONMENT = /^strongroom (?:secret list|history|restore)\b/;

/** `undefined` if no command helps, or none that a shell would read as it is meant. */
export function commandFor({ code, remedy }: AppError, line: CommandLine): string | undefined {
  const advice =
    remedy !== undefined && 'run' in remedy
      ? remedy
      : asksForSignIn(remedy)
        ? signInAgain(line)
        : (byCode[code] ?? (remedy === undefined ? undefined : adviceFor(remedy)));
  if (advice === undefined) return undefined;
  const command = 'again' in advice ? again(line, advice.again) : placed(advice.run, line);
  // A line break of a name would end the command, and a placeholder names nothing.
  return /\p{Cc}|=FILE$|--profile NAME$/u.test(command) ? undefined : command;
}

/** What to do beside the command; `undefined` for nothing. */
export function adviceBeside({ code, remedy }: AppError): string | undefined {
  if (code === 'KEY_CHOICE_NEEDED') {
    return 'Or set STRONGROOM_PASSPHRASE_FILE to a file that holds a passphrase.';
  }
  return remedy !== undefined &&
    'field' in remedy &&
    remedy.field !== undefined &&
    !asksForSignIn(remedy)
    ? `The option --${kebab(remedy.field)} of “strongroom connection set” changes it.`
    : undefined;
}

/** Settings whose sign-in failed were not saved, so that signing in by itself would not know them. */
const signInAgain = ({ args }: CommandLine): Advice =>
  /(?:^| )connection set /.test(args.join(' '))
    ? { again: [] }
    : { run: 'strongroom connection sign-in' };

function adviceFor(remedy: Exclude<Remedy, { readonly run: string }>): Advice | undefined {
  // The hint holds the policy.
  if ('handOver' in remedy) return undefined;
  if ('do' in remedy) {
    switch (remedy.do) {
      case 'unlock':
        return { run: 'strongroom unlock' };
      case 'pull':
        return { run: 'strongroom pull' };
      case 'undelete':
        return { run: 'strongroom restore' };
    }
  }
  switch (remedy.open) {
    case 'connection':
      return { run: 'strongroom connection show' };
    case 'protection':
      return { run: 'strongroom unlock' };
    case 'workspaces':
      return { run: 'strongroom workspace list' };
    case 'environments':
      return { run: 'strongroom env list' };
  }
}

/** About the same data, workspace and environment. */
function placed(run: string, line: CommandLine): string {
  if (!run.startsWith('strongroom ')) return run;
  const options = [
    ...option('--data-dir', line.dataDir),
    ...option('--workspace', line.workspace),
  ].map(shellWord);
  const environment = TAKES_ENVIRONMENT.test(run) ? option('-e', typedEnvironment(line)) : [];
  const [program = '', ...rest] = run.split(' ');
  return [program, ...options, ...rest, ...environment.map(shellWord)].join(' ');
}

const option = (name: string, value: string | undefined): string[] =>
  value === undefined || value === '' ? [] : [name, value];

const ENVIRONMENT = ['-e', '--env', '--vault-name'];

/** The last one that was named with an option. */
function typedEnvironment({ args }: CommandLine): string | undefined {
  const own = ownWords(args);
  return own
    .map((word, index) =>
      ENVIRONMENT.includes(word)
        ? own[index + 1]
        : ENVIRONMENT.filter((name) => word.startsWith(`${name}=`)).map((name) =>
            word.slice(name.length + 1),
          )[0],
    )
    .findLast((name) => name !== undefined);
}

/** Those before `--`. */
const ownWords = (args: readonly string[]): readonly string[] => {
  const end = args.indexOf('--');
  return end === -1 ? args : args.slice(0, end);
};

/** The same command with more options. It asks for a value again: none is printed. */
function again({ args }: CommandLine, more: readonly string[]): string {
  const own = ownWords(args);
  const kept = own.filter(
    (word, index) =>
      !word.startsWith('--value=') && word !== '--value' && own[index - 1] !== '--value',
  );
  const missing = more.filter((word) => !own.includes(word));
  return ['strongroom', ...kept, ...missing, ...args.slice(own.length)].map(shellWord).join(' ');
}
