/** What an answer of Vault that is no success means. The server's own words are matched, never shown. */
import { AppError, type AppErrorOptions, type ErrorCode } from '@shared/errors';
import type { VaultAnswer } from './answer';
import { hasUnprintable } from './paths';

export interface Meaning extends Pick<AppErrorOptions, 'message' | 'likelyCause' | 'hint'> {
  readonly code: ErrorCode;
  /** The form field that is at fault. */
  readonly field?: string;
}

const LOCKED = /namespace has been locked/i;

/** Tried in order. The texts are those of Vault's and OpenBao's `vault/`, `http/` and KV plugin sources. */
const byText: readonly (readonly [RegExp, Meaning])[] = [
  [/check-and-set parameter did not match/i, { code: 'CONFLICT' }],
  [
    /cannot contain parent references|relative paths not supported|path ending in '\/'/i,
    { code: 'NAME_NOT_ALLOWED' },
  ],
  [/value being too large|max_entry_size|request body too large/i, { code: 'VALUE_TOO_LARGE' }],
  [
    /missing data fields/i,
    {
      code: 'REQUEST_REFUSED',
      message: 'A KV v1 engine cannot hold a secret without any variable.',
      hint: 'Keep at least one variable, or delete the secret.',
    },
  ],
  [
    /upgrading from non-versioned to versioned/i,
    {
      code: 'SERVER_ERROR',
      message: 'Vault is just upgrading this engine from KV v1 to KV v2.',
      hint: 'Try again in a moment.',
    },
  ],
  [/vault is sealed/i, { code: 'SERVER_SEALED' }],
  [/not (yet )?initialized/i, { code: 'SERVER_NOT_INITIALIZED' }],
  [/standby|local node not active/i, { code: 'SERVER_STANDBY' }],
  [
    LOCKED,
    {
      code: 'PERMISSION_DENIED',
      message: 'An administrator has locked this namespace.',
      hint: 'Ask your Vault administrator to unlock it.',
    },
  ],
  [/no handler for route|namespace not found/i, { code: 'ENGINE_NOT_FOUND' }],
  [
    /invalid path for a versioned/i,
    {
      code: 'INVALID_CONFIGURATION',
      message: 'This engine is KV v2, and was used as KV v1.',
      hint: 'Set KV version to Automatic. If it is, the engine has been upgraded meanwhile: start Strongroom again.',
      field: 'kvVersion',
    },
  ],
  [/unsupported (path|operation)/i, { code: 'ENGINE_NOT_KV' }],
];

/** See https://developer.hashicorp.com/vault/api-docs#http-status-codes */
const byStatus: Readonly<Record<number, Meaning>> = {
  // Vault itself says 403 to whoever it does not know.
  401: {
    code: 'AUTHENTICATION_FAILED',
    message: 'Something in front of Vault asks for its own login.',
    hint: 'Check the address, and ask the administrator of the proxy or gateway how programs get through.',
  },
  403: { code: 'PERMISSION_DENIED' },
  404: { code: 'NOT_FOUND' },
  412: {
    code: 'SERVER_ERROR',
    message: 'This Vault node has not caught up with the others yet.',
    likelyCause: 'It is a performance standby that lags behind, as after many writes.',
    hint: 'Try again in a moment.',
  },
  413: { code: 'VALUE_TOO_LARGE' },
  429: { code: 'RATE_LIMITED' },
  472: { code: 'SERVER_STANDBY' },
  473: { code: 'SERVER_STANDBY' },
  501: { code: 'SERVER_NOT_INITIALIZED' },
};

const unprintable: Meaning = {
  code: 'NAME_NOT_ALLOWED',
  message: 'The path contains an invisible character, which Vault does not accept.',
};

function meaningOf(answer: VaultAnswer): Meaning {
  const path = decodeURIComponent(answer.details.path ?? '');
  if (answer.isEmpty && hasUnprintable(path)) return unprintable;
  const complaints = answer.complaints.join('\n');
  const told = byText.find(([pattern]) => pattern.test(complaints));
  if (told) return told[1];
  return (
    byStatus[answer.status] ?? { code: answer.status >= 500 ? 'SERVER_ERROR' : 'REQUEST_REFUSED' }
  );
}

/** An administrator's lock refuses every token, good or bad, and every path but that of unlocking. */
export const isLockedNamespace = (answer: VaultAnswer): boolean =>
  answer.status === 403 && answer.complaints.some((text) => LOCKED.test(text));

/** The error that an answer means, if no caller knows it better; a success that told nothing too. */
export function answerError(answer: VaultAnswer, instead: Partial<Meaning> = {}): AppError {
  if (answer.isSuccess) return answer.unexpected();
  const { code, field, ...texts } = { ...meaningOf(answer), ...instead };
  const details = field === undefined ? answer.details : { ...answer.details, field };
  return new AppError(code, { ...texts, details });
}
