/** The policy of a grant: who may use it, when, and for what. Pure rules. */
import { z } from 'zod';
import type { Caller } from './caller';
import { listOf } from './format';
import { isBelow } from './host-rule';
import { isAddressIn, parseIp, parseNetwork } from './ip';

export const verdicts = ['allow', 'ask', 'deny'] as const;
export type Verdict = (typeof verdicts)[number];

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

const timeSchema = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/);

const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

export const hoursSchema = z.object({
  days: z.array(z.enum(weekdays)).min(1),
  /** Local times of the zone. If `to` is not after `from`, the time goes on into the next day. */
  from: timeSchema,
  to: timeSchema,
  /** As in the IANA database: `Europe/Berlin`. */
  zone: z.string().refine(isZone, 'There is no such time zone.'),
});
export type Hours = z.infer<typeof hoursSchema>;

const networkSchema = z
  .string()
  .refine((text) => parseNetwork(text) !== undefined, 'This is no address or network.');

const methodSchema = z
  .string()
  .regex(/^[A-Za-z][A-Za-z-]{0,30}$/)
  .transform((method) => method.toUpperCase());

const pathPrefixSchema = z
  .string()
  .regex(/^\/[^?#\s\\]*$/)
  .max(500);

const callersSchema = z.object({
  window: z.enum(verdicts),
  cli: z.enum(verdicts),
  sdk: z.enum(verdicts),
  mcp: z.enum(verdicts),
  serve: z.enum(verdicts),
}) satisfies z.ZodType<Record<Caller['kind'], Verdict>>;

export const policySchema = z.object({
  callers: callersSchema,
  /** The names of the programs that may use it. Default: any. */
  clients: z.array(z.string().min(1).max(100)).max(50).optional(),
  methods: z.array(methodSchema).min(1).max(20).optional(),
  /** Paths below which requests may go. */
  paths: z.array(pathPrefixSchema).min(1).max(50).optional(),
  /** At least one has to hold. */
  hours: z.array(hoursSchema).min(1).max(20).optional(),
  /** Addresses and networks of callers on other machines. A caller on this computer has none, and is refused. */
  addresses: z.array(networkSchema).min(1).max(50).optional(),
  /** Milliseconds since 1970, UTC. */
  expiresAt: z.number().int().optional(),
  rate: z
    .object({ requests: z.number().int().min(1), seconds: z.number().int().min(1).max(86_400) })
    .optional(),
  /** Whether a person is asked for each use, whoever calls. */
  ask: z.literal(true).optional(),
});
export type Policy = z.infer<typeof policySchema>;

/** Admits the window, the command line and the library; asks for a model’s client; refuses other machines. */
export const defaultPolicy: Policy = {
  callers: { window: 'allow', cli: 'allow', sdk: 'allow', mcp: 'ask', serve: 'deny' },
};

/** What a policy looks at. */
export interface PolicyRequest {
  /** Absent for what Strongroom does by itself. */
  readonly caller: Caller | undefined;
  /** The address of a caller on another machine. */
  readonly address?: string | undefined;
  readonly method: string;
  /** The path of the URL, without the query. */
  readonly path: string;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
}

const policyRules = [
  'expiry',
  'callers',
  'clients',
  'addresses',
  'hours',
  'methods',
  'paths',
  'rate',
  'ask',
] as const;
export type PolicyRule = (typeof policyRules)[number];

export interface PolicyDecision {
  readonly verdict: Verdict;
  /** The rule that decided; absent if all allow it. */
  readonly rule?: PolicyRule;
  /** The sentence of a refusal. */
  readonly because?: string;
}

const deny = (rule: PolicyRule, because: string): PolicyDecision => ({
  verdict: 'deny',
  rule,
  because,
});

/** What a policy says about a request. The rate is not looked at: it needs a count. */
export function decide(policy: Policy, request: PolicyRequest): PolicyDecision {
  const { clients, methods, paths, hours, addresses, expiresAt } = policy;
  const { caller, address, method, path, now } = request;
  if (expiresAt !== undefined && now >= expiresAt) {
    return deny('expiry', `The grant expired at ${new Date(expiresAt).toISOString()}.`);
  }
  const kind = caller?.kind ?? 'window';
  if (policy.callers[kind] === 'deny') {
    return deny('callers', `The policy does not admit callers of the kind “${kind}”.`);
  }
  const client = caller?.process?.name ?? '';
  if (clients !== undefined && !clients.includes(client)) {
    return deny(
      'clients',
      `The policy admits only the ${clients.length === 1 ? 'program' : 'programs'} ${listOf(clients)}.`,
    );
  }
  if (addresses !== undefined && !isAdmitted(address, addresses)) {
    return deny('addresses', 'The policy does not admit callers from this address.');
  }
  if (hours !== undefined && !hours.some((each) => isWithin(each, now))) {
    return deny('hours', `The policy admits requests only ${hours.map(hoursText).join(', or ')}.`);
  }
  if (methods !== undefined && !methods.includes(method)) {
    return deny('methods', `The policy admits only ${listOf(methods)}.`);
  }
  if (paths !== undefined && !paths.some((prefix) => isBelow(path, prefix))) {
    return deny('paths', `The policy admits only paths below ${listOf(paths)}.`);
  }
  if (policy.ask === true) return { verdict: 'ask', rule: 'ask' };
  return policy.callers[kind] === 'ask'
    ? { verdict: 'ask', rule: 'callers' }
    : { verdict: 'allow' };
}

/** The strictest of several decisions: the first refusal, else the first question. */
export const strictest = (decisions: readonly PolicyDecision[]): PolicyDecision =>
  decisions.find(({ verdict }) => verdict === 'deny') ??
  decisions.find(({ verdict }) => verdict === 'ask') ?? { verdict: 'allow' };

function isAdmitted(address: string | undefined, admitted: readonly string[]): boolean {
  const ip = address === undefined ? undefined : parseIp(address);
  if (ip === undefined) return false;
  return admitted.some((text) => {
    const one = parseNetwork(text);
    return one !== undefined && isAddressIn(ip, one);
  });
}

/** Day and minute of a moment in a zone. The zone’s own rules decide, so changes of the clock are right. */
function localTime(now: number, zone: string): { readonly day: Weekday; readonly minute: number } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((each) => each.type === type)?.value ?? '';
  const name = part('weekday').toLowerCase();
  return {
    day: weekdays.find((day) => day === name) ?? 'mon',
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

const dayBefore = (day: Weekday): Weekday =>
  weekdays[(weekdays.indexOf(day) + weekdays.length - 1) % weekdays.length] ?? day;

function isWithin({ days, from, to, zone }: Hours, now: number): boolean {
  const { day, minute } = localTime(now, zone);
  const [start, end] = [minutesOf(from), minutesOf(to)];
  if (start < end) return days.includes(day) && minute >= start && minute < end;
  // It began on a day, and goes on into the next.
  return (days.includes(day) && minute >= start) || (days.includes(dayBefore(day)) && minute < end);
}

/** `mon-fri 09:00-17:00 Europe/Berlin` */
export function hoursText({ days, from, to, zone }: Hours): string {
  const indexes = days.map((day) => weekdays.indexOf(day)).toSorted((a, b) => a - b);
  const isRow =
    indexes.length > 2 && indexes.every((index, place) => index === (indexes[0] ?? 0) + place);
  const names = indexes.map((index) => weekdays[index] ?? '');
  const text = isRow ? `${names[0] ?? ''}-${names.at(-1) ?? ''}` : names.join(',');
  return `${text} ${from}-${to} ${zone}`;
}

/** Reads what `hoursText` writes; `undefined` if it is not in that form. */
export function parseHours(text: string): Hours | undefined {
  const [, dayText = '', from, to, zone] =
    /^([a-z,-]+) +(\d{2}:\d{2})-(\d{2}:\d{2}) +(\S+)$/i.exec(text.trim()) ?? [];
  const days = dayText
    .toLowerCase()
    .split(',')
    .flatMap((part): (Weekday | undefined)[] => {
      const [first, last = first] = part.split('-').map((name) => weekdays.find((d) => d === name));
      if (first === undefined || last === undefined) return [undefined];
      const [a, b] = [weekdays.indexOf(first), weekdays.indexOf(last)];
      return a <= b
        ? weekdays.slice(a, b + 1)
        : [...weekdays.slice(a), ...weekdays.slice(0, b + 1)];
    });
  const { data } = hoursSchema.safeParse({ days: [...new Set(days)], from, to, zone });
  return data;
}
