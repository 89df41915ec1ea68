/**
 * A page of the window as text: in the address of the page, and in a link from another program. An address has ids,
 * so that no name is in the history of a browser. A link has names, because ids differ from computer to computer.
 *
 * - Address: `#/environment/<id>?workspace=<id>`
 * - Link: `strongroom://open/environment/api/production?workspace=Shop&variable=API_KEY`
 */
import { ENVIRONMENT_NAME_MAX, WORKSPACE_NAME_MAX } from './limits';

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

interface Within {
  /** A name or an id. Default: the workspace on show. */
  readonly workspace?: string;
}

interface OfEnvironment extends Within {
  /** A name or an id. */
  readonly environment: string;
}

export type Place =
  | (OfEnvironment & {
      readonly page: 'environment';
      /** The key of a variable to go to. */
      readonly variable?: string;
    })
  | (OfEnvironment & { readonly page: 'migrate' | 'history' })
  | (Within & { readonly page: 'settings'; readonly tab: SettingsTab })
  | (Within & { readonly page: 'compare' | 'requests' | 'welcome' | 'push' });

/** The pages that another program may lead to: those that ask no provider. */
const linked: ReadonlySet<Place['page']> = new Set([
  'environment',
  'settings',
  'compare',
  'requests',
]);

/** Whether it may be a name, an id or a key. No one that a person can type has control characters. */
const isName = (text: string | undefined, maximum: number): text is string =>
  text !== undefined && text !== '' && text.length <= maximum && /^\P{Cc}*$/u.test(text);

/** What `environment/api/production?workspace=Shop` consists of. */
interface Parts {
  readonly page: string;
  /** `api/production` */
  readonly subject: string | undefined;
  readonly workspace: string | undefined;
  readonly variable: string | undefined;
}

/** The first screen needs this, so that it has no schema. `undefined` if the parts are those of no page. */
function placeOf({ page, subject, workspace, variable }: Parts): Place | undefined {
  if (workspace !== undefined && !isName(workspace, WORKSPACE_NAME_MAX)) return undefined;
  if (variable !== undefined && (page !== 'environment' || !isName(variable, KEY_MAX))) {
    return undefined;
  }
  const within: Within = workspace === undefined ? {} : { workspace };
  switch (page) {
    case 'environment':
      if (!isName(subject, ENVIRONMENT_NAME_MAX)) return undefined;
      return {
        page,
        environment: subject,
        ...(variable !== undefined && { variable }),
        ...within,
      };
    case 'migrate':
    case 'history':
      return isName(subject, ENVIRONMENT_NAME_MAX)
        ? { page, environment: subject, ...within }
        : undefined;
    case 'settings': {
      const tab = settingsTabs.find((one) => one === subject);
      return tab && { page, tab, ...within };
    }
    case 'compare':
    case 'requests':
    case 'welcome':
    case 'push':
      return subject === undefined ? { page, ...within } : undefined;
    default:
      return undefined;
  }
}

/** Reads `environment/api/production?workspace=Shop`. */
function readPlace(text: string): Place | undefined {
  const [path = '', query = '', ...more] = text.split('?');
  const [page = '', ...rest] = path.replace(/\/$/, '').split('/');
  const parameters = [...new URLSearchParams(query)];
  const named = new Map(parameters);
  const isKnown = [...named.keys()].every((name) => name === 'workspace' || name === 'variable');
  if (more.length > 0 || !isKnown || named.size < parameters.length) return undefined;
  try {
    return placeOf({
      page,
      subject: rest.length === 0 ? undefined : decodeURIComponent(rest.join('/')),
      workspace: named.get('workspace'),
      variable: named.get('variable'),
    });
  } catch {
    // A percent sign without two digits behind it.
    return undefined;
  }
}

/** Reads a link from another program; `undefined` if it is no link that Strongroom follows. */
export function parseLink(text: string): Place | undefined {
  if (text.length > LINK_MAX || !text.startsWith(LINK_START)) return undefined;
  const place = readPlace(text.slice(LINK_START.length));
  return place !== undefined && linked.has(place.page) ? place : undefined;
}

/** Reads the fragment of the page's address, with its `#`; `undefined` if it names no page. */
export function parseAddress(fragment: string): Place | undefined {
  if (fragment.length > LINK_MAX || !isAddress(fragment)) return undefined;
  return readPlace(fragment.slice(2));
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
