/** Which grant a request of a program is for. Pure rules. */
import type { BrokeredVariable } from '@shared/model/brokered';
import { matchHosts, parseHostRule } from '@shared/model/host-rule';
import { headerHas } from '@core/requests/placeholder-text';

/** A variable, and what the program has in place of its value. */
export interface Brokered extends BrokeredVariable {
  readonly placeholder: string;
}

type Grant = Brokered['grant'];

/** How much of a URL a grant is for. */
function coverageOf({ hosts }: Grant, url: URL): 'all' | 'host' | 'nothing' {
  const { mismatch } = matchHosts(
    hosts.flatMap((text) => parseHostRule(text) ?? []),
    url,
  );
  if (mismatch === undefined) return 'all';
  return mismatch === 'path' ? 'host' : 'nothing';
}

/** Whether a server is one of a grant, so that what is sent to it has to be read. */
export const isGranted = (variables: readonly Brokered[], url: URL): boolean =>
  variables.some(({ grant }) => coverageOf(grant, url) !== 'nothing');

/** A request of the program, as far as it is known. */
export interface ProgramRequest {
  readonly url: URL;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body, or its beginning. */
  readonly body: Buffer | undefined;
  /** Whether there is more of the body. */
  readonly isOpen: boolean;
}

export interface Plan {
  readonly grant: Grant;
  /** Empty if the request needs no credential. */
  readonly placeholders: { text: string; secret: string }[];
  /** The other grants of the program. */
  readonly others: string[];
  /** The names of further grants whose placeholders are in the request. */
  readonly mixedWith: string[];
}

const SIGNED = /^AWS4-HMAC-SHA256 /i;

/** Whether a request shows the placeholder, or a signature that was made with it. */
function shows({ url, headers, body }: ProgramRequest, variable: Brokered): boolean {
  const { placeholder, grant } = variable;
  return (
    url.search.includes(placeholder) ||
    headers.some(([, value]) => headerHas(value, placeholder)) ||
    body?.includes(placeholder) === true ||
    (grant.type === 'sigv4' &&
      coverageOf(grant, url) === 'all' &&
      headers.some(([name, value]) => /^authorization$/i.test(name) && SIGNED.test(value)))
  );
}

/**
 * The plan for a request to a server of a grant; `undefined` if no grant is for that server. A placeholder that goes
 * where its grant is not for decides too: then the core refuses the request. So does that of a second grant.
 */
export function planFor(variables: readonly Brokered[], request: ProgramRequest): Plan | undefined {
  const { url, isOpen } = request;
  const shown = grantsOf(variables.filter((variable) => shows(request, variable)));
  const covering = grantsOf(variables).filter((grant) => coverageOf(grant, url) === 'all');
  const strange = shown.find((grant) => coverageOf(grant, url) !== 'all');
  // What is still to come of the body may have the placeholder.
  const used = strange ?? shown[0] ?? (isOpen ? covering[0] : undefined);
  const grant = used ?? grantsOf(variables).find((each) => coverageOf(each, url) !== 'nothing');
  if (grant === undefined) return undefined;
  const isOther = ({ id }: Grant): boolean => id !== grant.id;
  return {
    grant,
    placeholders:
      used === undefined
        ? []
        : variables
            .filter((variable) => variable.grant.id === grant.id)
            .map(({ placeholder, secret }) => ({ text: placeholder, secret })),
    others: grantsOf(variables)
      .filter(isOther)
      .map(({ id }) => id),
    mixedWith: strange === undefined ? shown.filter(isOther).map(({ name }) => name) : [],
  };
}

const grantsOf = (variables: readonly Brokered[]): Grant[] => [
  ...new Map(variables.map(({ grant }) => [grant.id, grant])).values(),
];
