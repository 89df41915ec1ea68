/** A policy in words: one sentence, and names for what can refuse a request. */
import { callerKinds, type Caller } from './caller';
import { listOf } from './format';
import { weekdays, type Hours, type Policy, type Verdict } from './policy';
import type { RequestRule } from './request';

/** The ways in, as a part of a sentence. */
const callerNames: Readonly<Record<Caller['kind'], string>> = {
  window: 'the window',
  cli: 'the command line',
  sdk: 'the library',
  mcp: 'MCP clients',
  serve: 'other machines',
};

const dayNames = [
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
  'Sunday',
] as const;

/**
 * The policy as one sentence. `zone` is the time zone in which its end is written, as in the IANA database; hours
 * are written in their own zone.
 */
export function policySentence(policy: Policy, zone = 'UTC'): string {
  const sentence = [whoOf(policy), limitsOf(policy, zone)].filter((part) => part !== '').join('; ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function whoOf({ callers, ask }: Policy): string {
  const kindsWith = (...verdicts: readonly Verdict[]): string[] =>
    callerKinds.filter((kind) => verdicts.includes(callers[kind])).map((kind) => callerNames[kind]);
  const allowed = ask === true ? [] : kindsWith('allow');
  const asked = ask === true ? kindsWith('allow', 'ask') : kindsWith('ask');
  const denied = kindsWith('deny');
  const later = ask === true ? 'each time after a person allows it' : 'after a person allows it';
  if (allowed.length + asked.length === 0) return 'nobody may use it';
  const parts = [
    allowed.length > 0 ? `${listOf(allowed)} may use it` : `${listOf(asked)} may use it ${later}`,
    ...(allowed.length > 0 && asked.length > 0 ? [`${listOf(asked)} ${later}`] : []),
    ...(denied.length > 0 ? [`${listOf(denied)} not at all`] : []),
  ];
  return parts.length === 1
    ? parts.join('')
    : `${parts.slice(0, -1).join(', ')}, and ${parts.slice(-1).join('')}`;
}

/** Empty if there are none. */
function limitsOf(policy: Policy, zone: string): string {
  const { clients, methods, paths, hours, addresses, expiresAt, rate } = policy;
  const only = [
    clients && `for the ${clients.length === 1 ? 'program' : 'programs'} ${orOf(clients)}`,
    methods && `with ${orOf(methods)}`,
    paths && `on paths below ${orOf(paths)}`,
    hours?.map(hoursWords).join(' or '),
    addresses && `from ${orOf(addresses)}`,
  ].filter((part) => part !== undefined);
  return [
    ...(only.length > 0 ? [`only ${only.join(', ')}`] : []),
    ...(rate === undefined ? [] : [`at most ${rateWords(rate)}`]),
    ...(expiresAt === undefined ? [] : [`until ${momentWords(expiresAt, zone)}`]),
  ].join(', ');
}

/** `A`, `A or B`, `A, B or C`. */
const orOf = (names: readonly string[]): string =>
  names.length < 2
    ? names.join('')
    : `${names.slice(0, -1).join(', ')} or ${names.slice(-1).join('')}`;

/** `Monday to Friday, 09:00 to 17:00 (Europe/Berlin)` */
function hoursWords(hours: Hours): string {
  const { from, to, zone } = hours;
  const days = daysWords(hours);
  const isWholeDay = from === to || (from === '00:00' && to === '24:00');
  const times = isWholeDay ? 'all day' : `${from} to ${to}`;
  return `${days === '' ? '' : `on ${days} `}${isWholeDay ? times : `from ${times}`} (${zone})`;
}

/** Empty for every day. */
function daysWords({ days }: Hours): string {
  const at = weekdays.flatMap((day, index) => (days.includes(day) ? [index] : []));
  if (at.length === weekdays.length) return '';
  const names = at.map((index) => dayNames[index] ?? '');
  const [first = 0] = at;
  const isRow = at.length > 2 && at.every((index, place) => index === first + place);
  return isRow ? `${names[0] ?? ''} to ${names.at(-1) ?? ''}` : listOf(names);
}

const units: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

function rateWords({ requests, seconds }: NonNullable<Policy['rate']>): string {
  const times = requests === 1 ? 'once' : `${String(requests)} times`;
  const [size, name] = units.find(([each]) => seconds % each === 0) ?? [1, 'second'];
  const count = seconds / size;
  return count === 1 ? `${times} in any ${name}` : `${times} in any ${String(count)} ${name}s`;
}

const momentWords = (at: number, zone: string): string =>
  new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(at);

/** What refused a request, in words for a person. */
export const ruleWords: Readonly<Record<RequestRule, string>> = {
  grant: 'the grant',
  client: 'what its client may use',
  state: 'the state of the grant',
  url: 'the address of the request',
  method: 'methods that can be sent',
  scheme: 'https only',
  host: 'the hosts of the grant',
  path: 'the paths of its hosts',
  address: 'addresses that the grant may reach',
  redirect: 'redirects to hosts of the grant',
  header: 'headers that a request may have',
  body: 'the size of the body',
  expiry: 'the end of the policy',
  callers: 'the callers of the policy',
  clients: 'the programs of the policy',
  addresses: 'the addresses of the policy',
  hours: 'the hours of the policy',
  methods: 'the methods of the policy',
  paths: 'the paths of the policy',
  rate: 'the rate of the policy',
  ask: 'the approval of a person',
};
