/**
 * The exit codes of the command. Those of failures follow the areas of the error table, so that a script can
 * tell a wrong name from an unreachable server. `run` returns the code of its child instead.
 */
import { rowOf, type ErrorArea, type ErrorCode } from '@shared/errors';

export const exitCodes = {
  done: { code: 0, meaning: 'Done.' },
  failed: { code: 1, meaning: 'Strongroom has a bug, or part of the work failed.' },
  differs: {
    code: 2,
    meaning: 'The command found differences, changes or problems.',
  },
  input: { code: 3, meaning: 'The command line or the input is wrong.' },
  missing: { code: 4, meaning: 'There is no such workspace, environment, variable or grant.' },
  secret: { code: 5, meaning: 'The secret is missing, or somebody else changed it.' },
  key: { code: 6, meaning: 'Strongroom is locked, or the key cannot be read.' },
  storage: { code: 7, meaning: 'Files on this computer cannot be used, or are in use.' },
  run: { code: 8, meaning: 'The work could not start, or was interrupted.' },
  network: { code: 9, meaning: 'The server cannot be reached.' },
  authentication: { code: 10, meaning: 'The server did not accept the credentials.' },
  permission: { code: 11, meaning: 'The credentials do not allow this.' },
  configuration: { code: 12, meaning: 'The settings of the connection do not fit the server.' },
  server: { code: 13, meaning: 'The server refused or failed.' },
  grant: { code: 14, meaning: 'The grant does not allow this request.' },
  cancelled: { code: 130, meaning: 'Ended by Ctrl+C.' },
  brokenPipe: { code: 141, meaning: 'The program that reads the output has ended.' },
  terminated: { code: 143, meaning: 'Ended by SIGTERM.' },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>;

const areas = {
  network: exitCodes.network,
  tls: exitCodes.network,
  proxy: exitCodes.network,
  authentication: exitCodes.authentication,
  permission: exitCodes.permission,
  configuration: exitCodes.configuration,
  server: exitCodes.server,
  secret: exitCodes.secret,
  workspace: exitCodes.missing,
  grant: exitCodes.grant,
  input: exitCodes.input,
  run: exitCodes.run,
  key: exitCodes.key,
  storage: exitCodes.storage,
  internal: exitCodes.failed,
} as const satisfies Record<ErrorArea, { readonly code: number }>;

export const exitCodeFor = (code: ErrorCode): number =>
  code === 'CANCELLED' ? exitCodes.cancelled.code : areas[rowOf(code).area].code;
