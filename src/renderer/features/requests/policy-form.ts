/** A policy as a person edits it: texts that may not be finished yet. */
import { hoursSchema, policySchema, type Policy, type Weekday } from '@shared/model/policy';

export interface HoursForm {
  readonly id: number;
  readonly days: readonly Weekday[];
  /** `09:00` */
  readonly from: string;
  readonly to: string;
  readonly zone: string;
}

export interface PolicyForm {
  readonly callers: Policy['callers'];
  readonly ask: boolean;
  /** Names, one a line; so are paths and addresses. */
  readonly clients: string;
  readonly methods: readonly string[];
  readonly paths: string;
  readonly addresses: string;
  readonly hours: readonly HoursForm[];
  /** A time of this computer, as `2026-12-31T18:00`; empty for none. */
  readonly expires: string;
  /** Empty for no limit. */
  readonly requests: string;
  readonly seconds: string;
}

export type PolicyField = 'clients' | 'paths' | 'addresses' | 'hours' | 'expires' | 'rate';
export type PolicyIssues = Partial<Record<PolicyField, string>>;

const two = (number: number): string => String(number).padStart(2, '0');

/** Milliseconds since 1970, as a field for date and time writes it. */
export function localText(at: number): string {
  const date = new Date(at);
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What is not empty of some lines. */
export const linesIn = (text: string): string[] =>
  text
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== '');

let lastId = 0;

export const newHours = (zone: string): HoursForm => {
  lastId += 1;
  return {
    id: lastId,
    days: ['mon', 'tue', 'wed', 'thu', 'fri'],
    from: '09:00',
    to: '17:00',
    zone,
  };
};

export function policyFormOf(policy: Policy): PolicyForm {
  const { callers, ask, clients, methods, paths, addresses, hours, expiresAt, rate } = policy;
  return {
    callers,
    ask: ask === true,
    clients: (clients ?? []).join('\n'),
    methods: methods ?? [],
    paths: (paths ?? []).join('\n'),
    addresses: (addresses ?? []).join('\n'),
    // A field for a time has no 24:00; an end that is not after the beginning is on the next day.
    hours: (hours ?? []).map((each) => ({
      ...newHours(each.zone),
      ...each,
      to: each.to === '24:00' ? '00:00' : each.to,
    })),
    expires: expiresAt === undefined ? '' : localText(expiresAt),
    requests: rate === undefined ? '' : String(rate.requests),
    seconds: String(rate?.seconds ?? 60),
  };
}

export interface ReadPolicy {
  /** Without the parts that have an issue. */
  readonly policy: Policy;
  readonly issues: PolicyIssues;
}

const { shape } = policySchema;

/** What the texts say. `now`: milliseconds since 1970; an end must be later. */
export function readPolicy(form: PolicyForm, now: number): ReadPolicy {
  const issues: PolicyIssues = {};
  const clients = linesIn(form.clients);
  const paths = linesIn(form.paths);
  const addresses = linesIn(form.addresses);
  if (!shape.clients.safeParse(clients).success) {
    issues.clients = 'A name has 100 characters at most.';
  }
  if (paths.length > 0 && !shape.paths.safeParse(paths).success) {
    issues.paths = 'A path begins with a slash and has no query.';
  }
  if (addresses.length > 0 && !shape.addresses.safeParse(addresses).success) {
    issues.addresses = 'Write an address or a network a line, such as 10.0.0.0/8.';
  }
  const hours = form.hours.flatMap(({ days, from, to, zone }) => {
    const read = hoursSchema.safeParse({ days, from, to, zone });
    if (read.success) return [read.data];
    issues.hours = hoursIssue(read.error.issues[0]?.path[0]);
    return [];
  });
  const expiresAt = form.expires === '' ? undefined : new Date(form.expires).getTime();
  if (expiresAt !== undefined) {
    if (Number.isNaN(expiresAt)) issues.expires = 'Give a date and a time.';
    else if (expiresAt <= now) issues.expires = 'This time has passed.';
  }
  const hasRate = form.requests.trim() !== '';
  const rate = shape.rate.safeParse({
    requests: Number(form.requests),
    seconds: Number(form.seconds),
  });
  if (hasRate && !rate.success) {
    issues.rate = 'Give two whole numbers: requests, and seconds up to 86400.';
  }
  return {
    policy: {
      callers: form.callers,
      ...(form.ask && { ask: true as const }),
      ...(clients.length > 0 && issues.clients === undefined && { clients }),
      ...(form.methods.length > 0 && { methods: [...form.methods] }),
      ...(paths.length > 0 && issues.paths === undefined && { paths }),
      ...(addresses.length > 0 && issues.addresses === undefined && { addresses }),
      ...(hours.length > 0 && { hours }),
      ...(expiresAt !== undefined && !Number.isNaN(expiresAt) && { expiresAt }),
      ...(hasRate && rate.success && rate.data !== undefined && { rate: rate.data }),
    },
    issues,
  };
}

function hoursIssue(field: unknown): string {
  if (field === 'days') return 'Choose at least one day.';
  return field === 'zone' ? 'There is no such time zone.' : 'Give both times.';
}
