/**
 * A page of the window as text: in the address of the page, and in a link from another program. An address has ids,
 * so that no name is in the history of a browser. A link has names, because ids differ from computer to computer.
 *
 * - Address: `#/environment/<id>?workspace=<id>`
 * - Link: `strongroom://open/environment/api/production?workspace=Shop&variable=API_KEY`
 */
import { z } from 'zod';
import { ENVIRONMENT_NAME_MAX } from './environment';
import { WORKSPACE_NAME_MAX } from './workspace';

export const settingsTabs = [
  'general',
  'connection',
  'security',
  'activity',
  'audit',
  'about',
] as const;
export type SettingsTab = (typeof settingsTabs)[number];

export const LINK_SCHEME = 'strongroom';
/** The start of every link. `strongroom://app/` is the window itself. */
const LINK_START = `${LINK_SCHEME}://open/`;
/** Longer links are refused: the longest name and key fit in, with each byte percent-encoded. */
export const LINK_MAX = 4096;
const KEY_MAX = 500;

const named = (maximum: number) =>
  z
    .string()
    .min(1)
    .max(maximum)
    // No name and no key that a person can type has them.
    .regex(/^\P{Cc}*$/u);

/** Names or ids. Default: the workspace on show. */
const within = { workspace: named(WORKSPACE_NAME_MAX).optional() };

const environmentPage = z.strictObject({
  page: z.literal('environment'),
  environment: named(ENVIRONMENT_NAME_MAX),
  /** The key of a variable to go to. */
  variable: named(KEY_MAX).optional(),
  ...within,
});
const settingsPage = z.strictObject({
  page: z.literal('settings'),
  tab: z.enum(settingsTabs),
  ...within,
});
const plainPage = <Page extends string>(page: Page) =>
  z.strictObject({ page: z.literal(page), ...within });
const detailPage = <Page extends string>(page: Page) =>
  z.strictObject({ page: z.literal(page), environment: named(ENVIRONMENT_NAME_MAX), ...within });

/** The pages that another program may lead to: those that ask no provider. */
const linkSchema = z.discriminatedUnion('page', [
  environmentPage,
  settingsPage,
  plainPage('compare'),
  plainPage('requests'),
]);

const placeSchema = z.discriminatedUnion('page', [
  ...linkSchema.options,
  plainPage('welcome'),
  plainPage('push'),
  detailPage('migrate'),
  detailPage('history'),
]);
export type Place = z.infer<typeof placeSchema>;

/** `environment/api/production?workspace=Shop` as an object that nobody has checked. */
function fieldsOf(text: string): unknown {
  const [path = '', query = '', ...more] = text.split('?');
  const [page = '', ...rest] = path.replace(/\/$/, '').split('/');
  const parameters = [...new URLSearchParams(query)];
  const names = new Set(parameters.map(([name]) => name));
  const isKnown = [...names].every((name) => name === 'workspace' || name === 'variable');
  if (more.length > 0 || !isKnown || names.size < parameters.length) return undefined;
  try {
    const subject = decodeURIComponent(rest.join('/'));
    return {
      ...Object.fromEntries(parameters),
      page,
      ...(rest.length > 0 && { [page === 'settings' ? 'tab' : 'environment']: subject }),
    };
  } catch {
    // A percent sign without two digits behind it.
    return undefined;
  }
}

/** Reads a link from another program; `undefined` if it is no link that Strongroom follows. */
export function parseLink(text: string): Place | undefined {
  if (text.length > LINK_MAX || !text.startsWith(LINK_START)) return undefined;
  return linkSchema.safeParse(fieldsOf(text.slice(LINK_START.length))).data;
}

/** Reads the fragment of the page's address, with its `#`; `undefined` if it names no page. */
export function parseAddress(fragment: string): Place | undefined {
  if (fragment.length > LINK_MAX || !isAddress(fragment)) return undefined;
  return placeSchema.safeParse(fieldsOf(fragment.slice(2))).data;
}

/** Whether a fragment is meant to name a page. */
export const isAddress = (fragment: string): boolean => fragment.startsWith('#/');

function textOf(place: Place): string {
  const subject =
    'environment' in place ? place.environment : 'tab' in place ? place.tab : undefined;
  const path = [place.page, ...(subject === undefined ? [] : subject.split('/'))]
    .map((part) => encodeURIComponent(part))
    .join('/');
  const parameters = [
    ['workspace', place.workspace],
    ['variable', 'variable' in place ? place.variable : undefined],
  ]
    .flatMap(([name = '', value]) =>
      value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
    )
    .join('&');
  return parameters === '' ? path : `${path}?${parameters}`;
}

export const addressOf = (place: Place): string => `#/${textOf(place)}`;

export const linkTo = (place: Place): string => `${LINK_START}${textOf(place)}`;
