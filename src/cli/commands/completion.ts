/** `strongroom completion`: scripts that are made from the tree of commands. */
import type { Command, Option } from 'commander';
import type { Context } from '../context';
import { visibleCommands, visibleOptions } from '../visible';

interface Node {
  /** The words before it, without the name of the program: `secret create`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly Option[];
  readonly takesEnvironment: boolean;
}

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
      takesEnvironment: command.registeredArguments.some((argument) =>
        ENVIRONMENT_ARGUMENTS.has(argument.name()),
      ),
    };
    return [
      node,
      ...commands.flatMap((each) =>
        [each.name(), ...each.aliases()].flatMap((name) => walk(each, `${path} ${name}`.trim())),
      ),
    ];
  };
  const nodes = walk(program, '');
  return nodes.map((node) =>
    /^(secret(s)? )?(env|vaults?) (rename|use|delete|rm|link|unlink|set)$/.test(node.path)
      ? { ...node, takesEnvironment: true }
      : node,
  );
}

const ENVIRONMENT_ARGUMENTS: ReadonlySet<string> = new Set([
  'environment',
  'environments',
  'other',
]);

/** What prints the script for a shell. */
export const completion =
  (program: Command) =>
  async (context: Context, _: unknown, shell: 'bash' | 'zsh' | 'fish'): Promise<void> => {
    await context.output.data(scripts[shell](nodesOf(program)));
  };

/** Never asks: a locked core or no core has no names to complete. */
export async function environmentNames(context: Context): Promise<void> {
  const listed = await context.withCore(
    async ({ client, options }) => {
      if ((await client.status(undefined, options)).locked) return [];
      const { id } = await client.workspaces.find(context.workspace, options);
      return client.environments.list({ workspace: id }, options);
    },
    { asIs: true },
  );
  await context.output.data(listed.map(({ name }) => `${name}\n`).join(''));
}

const flagsOf = ({ options }: Node): string[] =>
  options.flatMap(({ long, short }) => [long, short]).filter((flag) => typeof flag === 'string');

const wordsOf = (node: Node): string =>
  [...node.commands.map(({ name }) => name), ...flagsOf(node)].join(' ');

const groupsOf = (nodes: readonly Node[]): string =>
  nodes.flatMap(({ path, commands }) => commands.map(({ name }) => `"${path} ${name}"`)).join('|');

const quote = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

const casesOf = (nodes: readonly Node[]): string =>
  nodes
    .map(
      (node) =>
        `    ${quote(node.path)}) words=${quote(wordsOf(node))}${node.takesEnvironment ? '; environments=1' : ''} ;;`,
    )
    .join('\n');

const withSpace = (nodes: readonly Node[]): readonly Node[] =>
  nodes.map((node) => ({ ...node, path: node.path === '' ? '' : ` ${node.path}` }));

const bash = (nodes: readonly Node[]): string => `# strongroom completion bash
_strongroom() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path='' words='' environments='' word name
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [ "$word" = -- ] && return
    case "$path $word" in
      ${groupsOf(withSpace(nodes))}) path="$path $word" ;;
    esac
  done
  case "$path" in
${casesOf(withSpace(nodes))}
  esac
  COMPREPLY=()
  case "$previous" in
    -e|--env|--vault-name) words=''; environments=1 ;;
    --file|--output|-o|--data-dir|*-file) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  [ -n "$words" ] && COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ -n "$environments" ] && [ "\${current#-}" = "$current" ]; then
    while IFS= read -r name; do
      case "$name" in "$current"*) COMPREPLY+=("$(printf '%q' "$name")") ;; esac
    done < <(strongroom environment-names --no-input 2>/dev/null)
  fi
}
complete -F _strongroom strongroom
`;

const zsh = (nodes: readonly Node[]): string => `#compdef strongroom
# strongroom completion zsh
_strongroom() {
  local previous="\${words[CURRENT-1]}" way='' list='' environments='' word
  local -a names
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ "$word" = -- ]] && { _files; return; }
    case "$way $word" in
      ${groupsOf(withSpace(nodes))}) way="$way $word" ;;
    esac
  done
  case "$way" in
${casesOf(withSpace(nodes)).replaceAll('words=', 'list=')}
  esac
  case "$previous" in
    -e|--env|--vault-name) list=''; environments=1 ;;
    --file|--output|-o|--data-dir|*-file) _files; return ;;
  esac
  [[ -n "$list" ]] && compadd -- \${=list}
  if [[ -n "$environments" ]]; then
    names=("\${(@f)$(strongroom environment-names --no-input 2>/dev/null)}")
    compadd -- "\${(@)names:#}"
  fi
}
if [ "$funcstack[1]" = _strongroom ]; then _strongroom "$@"; else compdef _strongroom strongroom; fi
`;

const fishQuote = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;

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
        const value = !option.required
          ? ''
          : option.long === '--env'
            ? ` -x -a ${fishQuote('(strongroom environment-names --no-input 2>/dev/null)')}`
            : ' -r';
        return `complete -c strongroom -n ${when} ${names}${value} -d ${fishQuote(option.description)}`;
      }),
      ...(node.takesEnvironment
        ? [
            `complete -c strongroom -f -n ${when} -a ${fishQuote('(strongroom environment-names --no-input 2>/dev/null)')}`,
          ]
        : []),
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
${lines.join('\n')}
`;
};

const scripts = { bash, zsh, fish } as const;
