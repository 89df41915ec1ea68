/** `strongroom completion`: scripts that are made from the tree of commands. */
import type { Command, Option } from 'commander';
import type { Context } from '../context';
import { visibleCommands, visibleOptions } from '../visible';

interface Node {
  /** The words before it, without the name of the program: `secret create`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly Option[];
  /** What its arguments name. */
  readonly takes: NameKind | undefined;
}

/** What "strongroom names" lists. */
export type NameKind = 'environments' | 'variables' | 'workspaces';

/** Every command, once for each of its names. */
function nodesOf(program: Command): Node[] {
  const globals = visibleOptions(program);
  const walk = (command: Command, path: string): Node[] => {
    const commands = visibleCommands(command);
    const node: Node = {
      path,
      commands: commands.flatMap((each) =>
        [each.name(), ...each.aliases()].map((name) => ({
          name,
          description: each.description(),
        })),
      ),
      options: command === program ? globals : [...visibleOptions(command), ...globals],
      takes: kinds.find(([paths]) => paths.test(path))?.[1],
    };
    return [
      node,
      ...commands.flatMap((each) =>
        [each.name(), ...each.aliases()].flatMap((name) => walk(each, `${path} ${name}`.trim())),
      ),
    ];
  };
  return walk(program, '');
}

/** What the arguments of commands name, by their paths. */
const kinds: readonly (readonly [paths: RegExp, kind: NameKind])[] = [
  [/^(secrets? )?(env|vaults?) (rename|use|delete|rm|link|unlink|set)$/, 'environments'],
  [/^(diff|pull|push)$/, 'environments'],
  [/^secrets? (get|update|delete|rm)$/, 'variables'],
  [/^check$/, 'variables'],
  [/^workspace (rename|use|delete|rm)$/, 'workspaces'],
];

/** What prints the script for a shell. */
export const completion =
  (program: Command) =>
  async (context: Context, _: unknown, shell: 'bash' | 'zsh' | 'fish'): Promise<void> => {
    await context.output.data(scripts[shell](nodesOf(program)));
  };

const flagsOf = ({ options }: Node): string[] =>
  options.flatMap(({ long, short }) => [long, short]).filter((flag) => typeof flag === 'string');

const wordsOf = (node: Node): string =>
  [...node.commands.map(({ name }) => name), ...flagsOf(node)].join(' ');

const groupsOf = (nodes: readonly Node[]): string =>
  nodes.flatMap(({ path, commands }) => commands.map(({ name }) => `"${path} ${name}"`)).join('|');

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const casesOf = (nodes: readonly Node[], list: string): string =>
  nodes
    .map(
      (node) =>
        `    ${quote(node.path)}) ${list}=${quote(wordsOf(node))}${node.takes === undefined ? '' : `; names=${node.takes}`} ;;`,
    )
    .join('\n');

const withSpace = (nodes: readonly Node[]): readonly Node[] =>
  nodes.map((node) => ({ ...node, path: node.path === '' ? '' : ` ${node.path}` }));

const bash = (nodes: readonly Node[]): string => `# strongroom completion bash
_strongroom() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path='' words='' names='' start='' index at word value name
  local -a given=()
  for ((index = 1; index < COMP_CWORD; index += 1)); do
    word="\${COMP_WORDS[index]}"
    case "$word" in
      --) return ;;
      -e|--env|--vault-name|--data-dir|--workspace)
        at=$((index + 1))
        [ "\${COMP_WORDS[at]}" = = ] && at=$((index + 2))
        value="\${COMP_WORDS[at]}"
        [ "$at" -lt "$COMP_CWORD" ] && given+=("$word" "\${value//[\\\\\\"\\']/}") ;;
    esac
    case "$path $word" in
      ${groupsOf(withSpace(nodes))}) path="$path $word" ;;
    esac
  done
  case "$path" in
${casesOf(withSpace(nodes), 'words')}
  esac
  COMPREPLY=()
  if [ "$previous" = = ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  case "$previous" in
    -e|--env|--vault-name) words='' names=environments ;;
    --workspace) words='' names=workspaces ;;
    --only|--brokered) words='' names=variables start="\${current%"\${current##*,}"}" ;;
    --name) words='' ;;
    --file|--output|-o|--out|--data-dir|--config|--env-file|*-file)
      COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  if [ -z "$names" ] || [ "\${current#-}" != "$current" ]; then
    [ -n "$words" ] && COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    while IFS= read -r name; do
      case "$start$name" in "$current"*) COMPREPLY+=("$start$(printf '%q' "$name")") ;; esac
    done < <(strongroom names "$names" "\${given[@]}" 2>/dev/null)
  fi
}
complete -F _strongroom strongroom
`;

const zsh = (nodes: readonly Node[]): string => `#compdef strongroom
# strongroom completion zsh
_strongroom() {
  local previous="\${words[CURRENT-1]}" way='' list='' names='' word
  local -a found given
  integer index
  for ((index = 2; index < CURRENT; index += 1)); do
    word="\${words[index]}"
    case "$word" in
      --) _files; return ;;
      -e|--env|--vault-name|--data-dir|--workspace)
        (( index + 1 < CURRENT )) && given+=("$word" "\${(Q)words[index+1]}") ;;
      --env=*|--vault-name=*|--data-dir=*|--workspace=*) given+=("\${(Q)word}") ;;
    esac
    case "$way $word" in
      ${groupsOf(withSpace(nodes))}) way="$way $word" ;;
    esac
  done
  case "$way" in
${casesOf(withSpace(nodes), 'list')}
  esac
  case "$previous" in
    -e|--env|--vault-name) list='' names=environments ;;
    --workspace) list='' names=workspaces ;;
    --only|--brokered) list='' names=variables; compset -P '*,' ;;
    --name) list='' ;;
    --file|--output|-o|--out|--data-dir|--config|--env-file|*-file) _files; return ;;
  esac
  if [[ -z "$names" || "\${words[CURRENT]}" = -* ]]; then
    compadd -- \${=list}
  else
    found=("\${(@f)$(strongroom names "$names" "\${given[@]}" 2>/dev/null)}")
    compadd -- "\${(@)found:#}"
  fi
}
if [ "$funcstack[1]" = _strongroom ]; then _strongroom "$@"; else compdef _strongroom strongroom; fi
`;

const fishQuote = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;

/** The kinds of names that options take. */
const optionKinds: Readonly<Record<string, NameKind>> = {
  '--env': 'environments',
  '--workspace': 'workspaces',
  '--only': 'variables',
};

const fishNames = (kind: NameKind): string => fishQuote(`(__strongroom_names ${kind})`);

/** Each line holds for one path: the condition compares it with the words that are commands. */
const fish = (nodes: readonly Node[]): string => {
  const known = nodes.flatMap(({ path, commands }) =>
    commands.map(({ name }) => fishQuote(`${path} ${name}`.trim())),
  );
  const lines = nodes.flatMap((node) => {
    const when = fishQuote(`__strongroom_at ${fishQuote(node.path)}`);
    return [
      ...node.commands.map(
        ({ name, description }) =>
          `complete -c strongroom -f -n ${when} -a ${fishQuote(name)} -d ${fishQuote(description)}`,
      ),
      ...node.options.map((option) => {
        const names = [
          ...(option.long === undefined ? [] : [`-l ${option.long.slice(2)}`]),
          ...(option.short === undefined ? [] : [`-s ${option.short.slice(1)}`]),
        ].join(' ');
        const kind = option.long === '--name' ? node.takes : optionKinds[option.long ?? ''];
        const value = !option.required
          ? ''
          : kind === undefined
            ? ' -r'
            : ` -x -a ${fishNames(kind)}`;
        return `complete -c strongroom -n ${when} ${names}${value} -d ${fishQuote(option.description)}`;
      }),
      ...(node.takes === undefined
        ? []
        : [`complete -c strongroom -f -n ${when} -a ${fishNames(node.takes)}`]),
    ];
  });
  return `# strongroom completion fish
function __strongroom_at
  set -l known ${known.join(' ')}
  set -l way
  for word in (commandline -opc)[2..]
    set -l next (string trim "$way $word")
    contains -- $next $known; and set way $next
  end
  test "$way" = "$argv[1]"
end
function __strongroom_names
  set -l given
  set -l option
  for word in (commandline -opc)[2..]
    if test -n "$option"
      set -a given $option $word
      set option
    else if contains -- $word -e --env --data-dir --workspace --vault-name
      set option $word
    else if string match -qr -- '^--(env|vault-name|data-dir|workspace)=' $word
      set -a given $word
    end
  end
  strongroom names $argv[1] $given 2>/dev/null
end
${lines.join('\n')}
`;
};

const scripts = { bash, zsh, fish } as const;
