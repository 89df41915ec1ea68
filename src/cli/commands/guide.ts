/** `strongroom guide`: one page, with the commands and exit codes as the code has them. */
import type { Command } from 'commander';
import { PASSPHRASE_FILE, type Context } from '../context';
import { exitCodes } from '../exit-codes';
import { visibleCommands } from '../visible';

/** What prints the page. */
export const guide =
  (program: Command) =>
  async (
    context: Context,
    { commands = false }: { readonly commands?: boolean },
  ): Promise<void> => {
    await context.output.data(commands ? referenceFor(program) : pageFor(program));
  };

const pageFor = (program: Command): string => `# Strongroom

Strongroom manages the variables of environments. An environment is a named set of variables. A variable
is secret or plain. Values live in a secrets manager (HashiCorp Vault, AWS, Google, Azure), in an encrypted vault on
this computer, or in Strongroom itself.

## Start

    strongroom env create production
    strongroom env use production
    strongroom secret create API_KEY            # asks for the value
    strongroom import .env --dry-run            # what would be imported
    strongroom import .env
    strongroom secret list
    strongroom secret get API_KEY
    strongroom run -- npm start                 # a program with these variables

To keep the values at a provider:

    strongroom connection set hashicorp-vault --url https://vault.example.com --token-file token.txt
    strongroom test
    strongroom env link production

## Without a person

- Without a terminal, or with --no-input, a command asks nothing. Add --yes to confirm.
- ${PASSPHRASE_FILE} names a file with the passphrase, for computers without a keychain. In a new data directory,
  the passphrase sets up the protection.
- STRONGROOM_ENV names the environment in place of -e. So does “environment” in the nearest strongroom.config.*.
- --json prints JSON on standard output. Everything else goes to standard error. A failure is one line of JSON there:
  {"error": {"code", "message", "cause"?, "hint", "exitCode"}}.
- Times are in ISO 8601, UTC. New fields may appear in JSON; fields do not change their meaning.

## For coding agents

- Read names with “strongroom secret list --json”. It never prints a secret.
- Use a credential without seeing it: “strongroom grant list --json”, then “strongroom request GRANT METHOD URL --reason WHY”.
- The same by the Model Context Protocol: add {"mcpServers": {"strongroom": {"command": "strongroom", "args": ["mcp"]}}}
  to the settings of the agent. No tool of it returns a value.
- Do not print values: “secret get” and “export” do, so use them only if a person asks for a value.
- Pass a value on standard input (--value -) or with --file. A command line can be seen by other users.
- Say why with --reason: it is kept in the activity log.
- Exit code 5 with the code CONFLICT means that nothing was changed. Run the command again: it reads the newest values.
- The app and commands share one data directory. If a passphrase protects it, “strongroom unlock --share” lets commands
  use the unlock of an open app.
- Programs on other machines: “strongroom client create NAME --grant GRANT” prints a token, and “strongroom serve” answers
  at http://127.0.0.1:8787. GET /openapi.json describes the calls.

## Commands

${linesOf(program, []).join('\n')}

“strongroom COMMAND --help” describes a command.

## Exit codes

${Object.values(exitCodes)
  .map(({ code, meaning }) => `- ${String(code)}: ${meaning}`)
  .join('\n')}
`;

/** One line for each command that does something. */
function linesOf(command: Command, path: readonly string[]): string[] {
  return visibleCommands(command).flatMap((each) => {
    const words = [...path, each.name()];
    const inner = visibleCommands(each);
    if (inner.length > 0) return linesOf(each, words);
    const usage = each.usage().replace('[options] ', '').replace('[options]', '').trim();
    return [`- ${[...words, usage].join(' ').trim()}: ${each.summary() || each.description()}`];
  });
}

/** The help of every command that does something, as Markdown. */
const referenceFor = (program: Command): string =>
  `# Commands

Every command, with its arguments and options. \`strongroom guide --commands\` prints this page.

The options of \`strongroom\` itself can be anywhere before \`--\`.

${sectionOf('strongroom', program)}
${helpOf(program, ['strongroom']).join('\n')}`;

function helpOf(command: Command, path: readonly string[]): string[] {
  return visibleCommands(command).flatMap((each) => {
    const words = [...path, each.name()];
    const inner = visibleCommands(each);
    return inner.length > 0 ? helpOf(each, words) : [sectionOf(words.join(' '), each)];
  });
}

function sectionOf(title: string, command: Command): string {
  const help = command.createHelp();
  // The page is read on any screen, and says once what the options of `strongroom` are.
  Object.assign(help, { helpWidth: 100, showGlobalOptions: false });
  return `## ${title}\n\n\`\`\`\n${help.formatHelp(command, help).trimEnd()}\n\`\`\`\n`;
}
