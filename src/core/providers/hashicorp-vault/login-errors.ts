/** What a refused login means. The server's own words are matched, never shown. */
import { errorTable, type AppError, type AppErrorOptions } from '@shared/errors';
import { DEFAULT_APPROLE_MOUNT } from '@shared/providers/facts/hashicorp-vault';
import { z } from 'zod';
import type { VaultAnswer } from './answer';
import { loginRefused, type MethodName } from './authentication';
import { answerError } from './errors';

type Texts = Pick<AppErrorOptions, 'message' | 'likelyCause' | 'hint'> & {
  /** The form field that is at fault. */
  readonly field?: string;
};

/** In the words of one method. */
interface LoginWords {
  readonly method: MethodName;
  /** Who logs in, such as `AppRole` or `user`. */
  readonly who: string;
  /** The label of the field that holds the mount. */
  readonly mountLabel: string;
}

const refused = ({ method }: LoginWords, answer: VaultAnswer, texts: Texts): AppError => {
  const { field, ...words } = texts;
  return loginRefused(method, {
    ...words,
    ...(field !== undefined && { remedy: { open: 'connection', field } }),
    details: { ...answer.details, ...(field !== undefined && { field }) },
  });
};

const fromElsewhere = ({ who }: LoginWords): Texts => ({
  message: `This ${who} may not be used from the network address of this computer.`,
  likelyCause: 'It is bound to a network that you are not on, such as that of an office or VPN.',
  hint: `Ask your Vault administrator to add your address to the ${who === 'AppRole' ? 'role' : who}, or connect by the network it allows.`,
});

const noSuchLogin = ({ method, who, mountLabel }: LoginWords): Texts => ({
  message: `There is no ${method} login where this login was sent.`,
  likelyCause: `The ${who} is in another namespace, or its auth method is mounted at another path.`,
  hint: `Check Namespace and ${mountLabel}.`,
});

/** What every method's refusal may be; `undefined` if it takes the method's own words to tell. */
function commonRefusal(words: LoginWords, answer: VaultAnswer): AppError | undefined {
  const complaints = answer.complaints.join('\n');
  if (/CIDR|source address/i.test(complaints)) {
    return refused(words, answer, fromElsewhere(words));
  }
  if (/no handler for route|namespace not found|unsupported path/i.test(complaints)) {
    return refused(words, answer, noSuchLogin(words));
  }
  return undefined;
}

/** Vault says no more than “invalid role or secret ID”, whatever is wrong. */
const noLongerAccepted: Texts = {
  message: 'Vault no longer accepts this Secret ID, with which it let Strongroom in before.',
  likelyCause: 'It has been used up, has expired or was revoked.',
  hint: 'Enter a new one.',
};

/** An AppRole of another mount is refused in the same words as a mistyped one. */
const mountHint = (mount: string): string =>
  `If the AppRole is mounted elsewhere than at “${mount}”, enter that as AppRole mount.`;

const approle: LoginWords = { method: 'AppRole', who: 'AppRole', mountLabel: 'AppRole mount' };

/**
 * What a refused AppRole login means. `mount` is where it was sent; `wasAccepted` says that the Secret ID was
 * good before.
 */
export function approleRefusal(
  answer: VaultAnswer,
  { mount, wasAccepted }: { readonly mount: string; readonly wasAccepted: boolean },
): AppError {
  const general = answerError(answer);
  const complaints = answer.complaints.join('\n');
  const common = commonRefusal(approle, answer);
  if (common !== undefined) return common;
  // Vault answers 403 if there is no such auth mount, and to a role that is locked out.
  if (answer.status === 403) {
    return refused(approle, answer, {
      likelyCause:
        'One of Role ID, Secret ID, Namespace and AppRole mount is wrong, or too many refusals in a row have locked the role for some minutes.',
      hint: 'Check those four. If they are right, wait some minutes before you try again.',
    });
  }
  if (wasAccepted && answer.status === 400) return refused(approle, answer, noLongerAccepted);
  const isOwnFault = answer.status === 400 || /missing role_id/i.test(complaints);
  if (!isOwnFault) return general;
  const { hint } = errorTable.APPROLE_REFUSED;
  return refused(approle, answer, {
    hint: mount === DEFAULT_APPROLE_MOUNT ? `${hint} ${mountHint(mount)}` : hint,
  });
}

/** The texts are those of `builtin/credential/userpass` and `ldap` of Vault and OpenBao, and of go-ldap. */
const ofPassword: readonly (readonly [RegExp, Texts])[] = [
  [
    /error connecting to host|LDAP Result Code 200|network error/i,
    {
      message: 'Vault could not reach the LDAP directory.',
      likelyCause: 'The directory is down, or Vault’s LDAP settings name another address.',
      hint: 'Try again in a moment. If it keeps happening, tell your Vault administrator.',
    },
  ],
  [
    /not a member of any authorized group|user is not in any group/i,
    {
      message: 'The password is right, but no group of this user may use Vault.',
      likelyCause: 'The LDAP auth method lets only some groups in.',
      hint: 'Ask your Vault administrator to map one of your groups to a policy.',
    },
  ],
  [
    /invalid username or password|failed to bind as user|Invalid Credentials|user not found|missing password/i,
    {
      message: 'Vault refused this username and password.',
      likelyCause: 'One of the two is mistyped, or the password was changed.',
      hint: 'Enter both again.',
      field: 'password',
    },
  ],
];

/** What a refused login with a password means. `mount` is where it was sent. */
export function passwordRefusal(
  answer: VaultAnswer,
  { method, mount }: { readonly method: 'Userpass' | 'LDAP'; readonly mount: string },
): AppError {
  const words: LoginWords = { method, who: 'user', mountLabel: 'Auth mount' };
  const common = commonRefusal(words, answer);
  if (common !== undefined) return common;
  const complaints = answer.complaints.join('\n');
  const told = ofPassword.find(([pattern]) => pattern.test(complaints));
  if (told !== undefined) {
    const [, texts] = told;
    if (texts.field === undefined) return refused(words, answer, texts);
    return refused(words, answer, { ...texts, hint: `${texts.hint ?? ''} ${elsewhere(mount)}` });
  }
  return answer.status === 403 ? refused(words, answer, forbidden(mount)) : answerError(answer);
}

const elsewhere = (mount: string): string =>
  `If the auth method is mounted elsewhere than at “${mount}”, enter that as Auth mount.`;

/**
 * The same 403 answers a path without an auth method, an entity that is disabled, and a user who is locked out:
 * https://developer.hashicorp.com/vault/docs/concepts/user-lockout
 */
const forbidden = (mount: string): Texts => ({
  message: 'Vault did not let this login through.',
  likelyCause: `There is no auth method at “${mount}” in this namespace, your entity is disabled, or too many wrong passwords have locked the user for some minutes.`,
  hint: 'Check Auth mount and Namespace. If they are right, wait some minutes, then ask your Vault administrator whether your entity is disabled.',
});

/** The texts are those of `hashicorp/vault-plugin-auth-kubernetes`, `path_login.go`. */
const ofKubernetes: readonly (readonly [RegExp, Texts])[] = [
  [
    /invalid role name|role .* (?:does not exist|could not be found|not found)/i,
    {
      message: 'Vault has no Kubernetes role of this name.',
      likelyCause: 'It is misspelt, or belongs to another auth mount.',
      hint: 'Check Role and Auth mount.',
      field: 'kubernetesRole',
    },
  ],
  [
    /(service account name|namespace) not authorized/i,
    {
      message: 'The role does not let this service account in.',
      likelyCause: 'The role is bound to other service accounts or Kubernetes namespaces.',
      hint: 'Have the role bound to your service account and its namespace, or use another role.',
      field: 'kubernetesRole',
    },
  ],
  [
    /expired|not valid yet|used before issued|before.*nbf/i,
    {
      message: 'The service account token is out of its time.',
      likelyCause: 'It has expired, or a clock is wrong: that of this computer or of Vault.',
      hint: 'Check both clocks, and that Token file is one that Kubernetes renews.',
      field: 'jwtFile',
    },
  ],
  [
    /audience|claim "?aud/i,
    {
      message: 'The service account token is for another audience than the role asks for.',
      hint: 'Use a projected token with the audience of the role, and enter its path as Token file.',
      field: 'jwtFile',
    },
  ],
  [
    /service account unauthorized|lookup failed|failed to validate|error verifying|invalid issuer|\biss\b/i,
    {
      message: 'Vault could not confirm the service account token.',
      likelyCause:
        'The service account was deleted or made again, or Vault’s Kubernetes settings are of another cluster.',
      hint: 'Restart the pod to get a fresh token. If that does not help, tell your Vault administrator.',
      field: 'jwtFile',
    },
  ],
];

/** What a refused Kubernetes login means. `mount` is where it was sent. */
export function kubernetesRefusal(answer: VaultAnswer, mount: string): AppError {
  const words: LoginWords = {
    method: 'Kubernetes',
    who: 'service account',
    mountLabel: 'Auth mount',
  };
  const common = commonRefusal(words, answer);
  if (common !== undefined) return common;
  const complaints = answer.complaints.join('\n');
  const told = ofKubernetes.find(([pattern]) => pattern.test(complaints));
  if (told !== undefined) return refused(words, answer, told[1]);
  if (answer.status !== 403) return answerError(answer);
  return refused(words, answer, {
    message: 'Vault did not let this service account in.',
    likelyCause: `There is no Kubernetes auth method at “${mount}” in this namespace, or the cluster does not know the token.`,
    hint: 'Check Auth mount and Namespace, and that the auth method is set up for this cluster.',
  });
}

const moreSchema = z.object({
  auth: z.object({ mfa_requirement: z.looseObject({ mfa_request_id: z.string() }) }),
});

/** Whether the login waits for a second factor: https://developer.hashicorp.com/vault/docs/auth/login-mfa */
export function asksForMore(answer: VaultAnswer): boolean {
  return answer.matches(moreSchema);
}

export const secondFactor = (method: MethodName, answer: VaultAnswer): AppError =>
  loginRefused(method, {
    message: `The ${method} login asks for a second factor, which Strongroom cannot enter.`,
    likelyCause: 'Vault’s login MFA is on for this auth method.',
    hint: 'Choose OIDC, or sign in with “vault login” and use its token.',
    remedy: { open: 'connection', field: 'authentication' },
    details: answer.details,
  });
