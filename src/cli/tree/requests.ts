import { Option, type Command } from 'commander';
import type { CredentialType } from '@shared/model/grant';
import type { Act } from '../act';

const grants = () => import('../commands/grant');

/** Written here too, because the module that names them takes long to load. */
const types: Readonly<Record<CredentialType, true>> = {
  bearer: true,
  'api-key': true,
  basic: true,
  sigv4: true,
};

/** Adds up an option that is given several times. */
const several = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

export function addRequestCommands(parent: Command, act: Act): void {
  const grant = parent
    .command('grant')
    .alias('grants')
    .description('manage credentials that programs use in requests, and never see');
  withPolicy(
    withSecrets(
      withInjection(
        grant
          .command('create')
          .description('store a credential; asks for a secret that is not given')
          .requiredOption('--name <name>', 'the name of the grant')
          .addOption(
            new Option('--type <type>', 'the kind of credential (default: bearer)').choices(
              Object.keys(types),
            ),
          )
          .option('--template <id>', 'the settings of a known service; see “grant templates”')
          .option(
            '--param <assignment>',
            'a parameter of the template, such as shop=acme',
            several,
          ),
      ),
    ),
  ).action(act(grants, (commands) => commands.create));
  grant
    .command('list')
    .alias('ls')
    .description('list the grants')
    .action(act(grants, (commands) => commands.list));
  grant
    .command('show <grant>')
    .description('show the settings of a grant; never a secret')
    .action(act(grants, (commands) => commands.show));
  withPolicy(
    withSecrets(
      withInjection(
        grant
          .command('update <grant>')
          .description('change the settings of a grant')
          .option('--rename <name>', 'give it another name')
          .option('--clear <names>', 'remove these settings, such as methods,hours'),
      ),
    ),
  ).action(act(grants, (commands) => commands.update));
  withSecrets(
    grant
      .command('rotate <grant>')
      .description('replace the secret of a grant; asks for a secret that is not given'),
  ).action(act(grants, (commands) => commands.rotate));
  withPolicy(
    grant
      .command('clone <grant>')
      .description('make a narrower grant that uses the same secret, and ends with this one')
      .requiredOption('--name <name>', 'the name of the clone')
      .option('--ttl <duration>', 'end it after this time: 90s, 15m, 24h or 7d')
      .option('--host <host>', 'only these hosts; repeat the option for several', several),
  ).action(act(grants, (commands) => commands.clone));
  grant
    .command('disable <grant>')
    .description('refuse every request with a grant')
    .action(act(grants, (commands) => commands.disable));
  grant
    .command('enable <grant>')
    .description('allow requests with a grant again')
    .action(act(grants, (commands) => commands.enable));
  grant
    .command('delete <grant>')
    .alias('rm')
    .description('delete a grant and its secret, and end its clones')
    .action(act(grants, (commands) => commands.remove));
  grant
    .command('templates [search]')
    .description('list the services that have a template')
    .action(act(grants, (commands) => commands.templates));
  parent
    .command('request <grant> <method> <url>')
    .description('make a request with a grant; the body of the answer goes to standard output')
    .option('-H, --header <header>', 'add a header, such as "Accept: text/csv"', several)
    .option('-d, --data <data>', 'send this text; @FILE sends a file without line breaks', several)
    .option(
      '--data-binary <data>',
      'send this text; @FILE sends a file as it is, @- standard input',
    )
    .option('--json-data <json>', 'send this JSON, with its content type; @FILE sends a file')
    .option('-o, --output <file>', 'write the body to this file; only you can read it')
    .option('-i, --include', 'print status and headers before the body')
    .option('-f, --fail', 'fail if the status is 400 or more')
    .addOption(new Option('--max-time <seconds>', 'seconds for the whole request').default('60'))
    .addOption(new Option('--max-redirs <number>', 'how many redirects are followed').default('5'))
    .action(
      act(
        () => import('../commands/request'),
        (commands) => commands.request,
      ),
    );
}

const withInjection = (command: Command): Command =>
  command
    .option('--header <name>', 'the header of an API key (default: X-API-Key)')
    .option('--format <format>', 'its value, with {token} in place of the secret')
    .option('--region <region>', 'the region of sigv4 (default: as the host says)')
    .option('--service <service>', 'the service of sigv4 (default: as the host says)')
    .option(
      '--add-header <header>',
      'a further header, such as "Api-Version: 2" or "App-Key: {appKey}"',
      several,
    )
    .option('--add-query <assignment>', 'a query parameter, such as key={token}', several)
    .option(
      '--host <host>',
      'a host that it is for: host[:port][/path], *.host; repeat the option for several',
      several,
    )
    .option(
      '--allow-network <network>',
      'a private network that its hosts may be in, such as 10.0.0.0/8',
      several,
    );

const withSecrets = (command: Command): Command =>
  command
    .option('--value <value>', 'the secret: - reads standard input, @ENV/NAME refers to a variable')
    .option('--file <file>', 'read the secret from a file')
    .option('--username <name>', 'the user of basic')
    .option('--access-key-id <id>', 'the access key id of sigv4')
    .option(
      '--secret <assignment>',
      'a secret by its name, such as appKey=- or appKey=@ENV/NAME',
      several,
    )
    .option('--secret-file <assignment>', 'a secret by its name, such as appKey=FILE', several);

const withPolicy = (command: Command): Command =>
  command
    .option(
      '--caller <verdicts>',
      'allow, ask or deny by kind of caller, such as cli=allow,mcp=deny',
    )
    .option('--client <name>', 'only the program of this name; repeat the option', several)
    .option('--method <methods>', 'only these methods, such as GET,POST')
    .option('--path <prefix>', 'only paths below this one; repeat the option', several)
    .option(
      '--hours <hours>',
      'only then, such as "mon-fri 09:00-17:00 Europe/Berlin"; repeat the option',
      several,
    )
    .option('--address <network>', 'only callers from this network; repeat the option', several)
    .option('--expires <time>', 'until then: 2026-12-31, or 30d')
    .option('--rate <rate>', 'at most this often, such as 100/60s')
    .option('--ask', 'ask a person for each use');
