import { Option, type Command } from 'commander';
import type { Act } from '../act';

const clients = () => import('../commands/client');

/** Adds up an option that is given several times. */
const several = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  value,
];

export function addServerCommands(parent: Command, act: Act): void {
  parent
    .command('mcp')
    .description('serve a coding agent by the Model Context Protocol, on standard input and output')
    .action(
      act(
        () => import('../commands/mcp'),
        (commands) => commands.mcp,
      ),
    );
  parent
    .command('serve')
    .description('serve other machines, over HTTP; see “strongroom client”')
    .addOption(new Option('--host <address>', 'the address to listen at').default('127.0.0.1'))
    .addOption(new Option('--port <port>', 'the port, 0 for any').default('8787'))
    .option('--tls-cert <file>', 'the certificate, with those between it and its authority')
    .option('--tls-key <file>', 'its private key')
    .option('--behind-proxy', 'a proxy on this computer ends TLS: heed its X-Forwarded-For')
    .option(
      '--trusted-proxy <network>',
      'heed X-Forwarded-For of this proxy; repeat the option',
      several,
    )
    .option('--config [file]', 'serve what strongroom.config.* declares, and keep no data')
    .addOption(
      new Option(
        '--rate <number>',
        'calls of each client in a second, twice as many at once',
      ).default('100'),
    )
    .addOption(
      new Option('--drain <seconds>', 'how long SIGTERM waits for calls under way').default('30'),
    )
    .action(
      act(
        () => import('../commands/serve'),
        (commands) => commands.serve,
      ),
    );
  const client = parent
    .command('client')
    .alias('clients')
    .description('manage the programs that may call “strongroom serve”');
  client
    .command('create <name>')
    .description('add a client, and print its token, which is shown only once')
    .option('--grant <grant>', 'a grant that it may use; repeat the option for several', several)
    .option(
      '-e, --env <name>',
      'an environment whose values it may read; repeat the option for several',
      several,
    )
    .option('--address <network>', 'only from this network; repeat the option for several', several)
    .option('--expires <time>', 'until then: 2026-12-31, or 30d')
    .action(act(clients, (commands) => commands.create));
  client
    .command('list')
    .alias('ls')
    .description('list the clients')
    .action(act(clients, (commands) => commands.list));
  client
    .command('update <client>')
    .description(
      'change the name or rights of a client, effective at once; its token stays the same',
    )
    .option('--name <name>', 'a new name')
    .option('--grant <grant>', 'the grants that it may use from now on; repeat the option', several)
    .option(
      '-e, --env <name>',
      'the environments whose values it may read from now on; repeat the option',
      several,
    )
    .option('--address <network>', 'only from this network; repeat the option', several)
    .option('--expires <time>', 'until then: 2026-12-31, or 30d')
    .option(
      '--clear <what>',
      'remove grants, environments, addresses or expiry, separated by commas',
    )
    .action(act(clients, (commands) => commands.update));
  client
    .command('revoke <name>')
    .alias('rm')
    .description('end the rights of a client at once')
    .action(act(clients, (commands) => commands.revoke));
  client
    .command('token')
    .description('make a token and its hash, for a client of a configuration; store nothing')
    .action(act(clients, (commands) => commands.token));
}
