/** The policy of a grant, as options of the command line. */
import { AppError } from '@shared/errors';
import { callerKinds } from '@shared/model/caller';
import {
  hoursText,
  parseHours,
  policySchema,
  verdicts,
  type Hours,
  type Policy,
} from '@shared/model/policy';
import { momentOf } from './moment';

export interface PolicyOptions {
  readonly caller?: string;
  readonly client?: readonly string[];
  readonly method?: string;
  readonly path?: readonly string[];
  readonly hours?: readonly string[];
  readonly address?: readonly string[];
  readonly expires?: string;
  readonly rate?: string;
  readonly ask?: true;
}

/** What `--clear` can remove. */
const CLEARABLE: Readonly<Record<string, keyof Policy>> = {
  clients: 'clients',
  methods: 'methods',
  paths: 'paths',
  hours: 'hours',
  addresses: 'addresses',
  expiry: 'expiresAt',
  rate: 'rate',
  ask: 'ask',
};

/** The policy before, changed as the options say. Throws `INVALID_INPUT`. */
export function policyOf(
  options: PolicyOptions,
  before: Policy,
  { now, cleared = '' }: { readonly now: number; readonly cleared?: string | undefined },
): Policy {
  const { caller, client, method, path, hours, address, expires, rate, ask } = options;
  const removed = new Set(
    cleared
      .split(',')
      .filter((name) => name !== '')
      .map((name) => CLEARABLE[name.trim()] ?? refuse('--clear', name, clearHint)),
  );
  const kept = Object.fromEntries(
    Object.entries(before).filter(([name]) => !removed.has(name as keyof Policy)),
  );
  const { data, error } = policySchema.safeParse({
    ...kept,
    callers: { ...before.callers, ...callersIn(caller) },
    ...(client !== undefined && { clients: client }),
    ...(method !== undefined && { methods: method.split(',').map((each) => each.trim()) }),
    ...(path !== undefined && { paths: path }),
    ...(hours !== undefined && { hours: hours.map(hoursIn) }),
    ...(address !== undefined && { addresses: address }),
    ...(expires !== undefined && {
      expiresAt: momentOf(expires, { option: '--expires', now, past: false }),
    }),
    ...(rate !== undefined && { rate: rateIn(rate) }),
    ...(ask !== undefined && { ask }),
  });
  if (data !== undefined) return data;
  const field = String(error.issues[0]?.path[0]);
  const option = OPTIONS[field] ?? '--caller';
  throw new AppError('INVALID_INPUT', {
    message: `A value of ${option} is not valid.`,
    hint: HINTS[option] ?? 'Check it and try again.',
  });
}

const clearHint = `It takes ${Object.keys(CLEARABLE).join(', ')}.`;

const OPTIONS: Readonly<Record<string, string>> = {
  clients: '--client',
  methods: '--method',
  paths: '--path',
  addresses: '--address',
  rate: '--rate',
};

const HINTS: Readonly<Record<string, string>> = {
  '--method': 'Write methods with commas: GET,POST.',
  '--path': 'A path begins with a slash and has no query.',
  '--address': 'Write an address or a network, such as 10.0.0.0/8.',
  '--rate': 'Write requests and time: 100/60s, 5/1m, 1000/24h.',
};

function refuse(option: string, text: string, hint: string): never {
  throw new AppError('INVALID_INPUT', { message: `${option} does not take “${text}”.`, hint });
}

function callersIn(text: string | undefined): Partial<Policy['callers']> {
  if (text === undefined) return {};
  return Object.fromEntries(
    text.split(',').map((part) => {
      const [kind = '', verdict = ''] = part.split('=').map((each) => each.trim());
      const known = callerKinds.find((each) => each === kind);
      const said = verdicts.find((each) => each === verdict);
      if (known !== undefined && said !== undefined) return [known, said];
      return refuse(
        '--caller',
        part,
        `Write KIND=VERDICT with ${callerKinds.join(', ')} and ${verdicts.join(', ')}.`,
      );
    }),
  );
}

const EXAMPLE: Hours = {
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '09:00',
  to: '17:00',
  zone: 'Europe/Berlin',
};

const hoursIn = (text: string): Hours =>
  parseHours(text) ??
  refuse('--hours', text, `Write days, times and a time zone: "${hoursText(EXAMPLE)}".`);

const UNITS = { s: 1, m: 60, h: 3600 } as const;

function rateIn(text: string): Policy['rate'] {
  const [, requests, number = '1', unit = 's'] =
    /^(\d{1,7})\/(\d{1,5})?([smh])$/.exec(text.trim()) ?? [];
  if (requests === undefined) return refuse('--rate', text, HINTS['--rate'] ?? '');
  return {
    requests: Number(requests),
    seconds: Number(number) * UNITS[unit as keyof typeof UNITS],
  };
}
