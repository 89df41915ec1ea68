/** A grant as a person creates or edits it: texts that may not be finished yet. */
import {
  grantNameSchema,
  grantSettingsSchema,
  knownSecretsOf,
  secretNamesOf,
  type CredentialType,
  type Grant,
  type GrantSettings,
  type InjectionRule,
  type SecretSource,
} from '@shared/model/grant';
import {
  settingsOf,
  templateNamed,
  withParameters,
  type GrantTemplate,
} from '@shared/model/grant-templates';
import { defaultPolicy } from '@shared/model/policy';
import {
  linesIn,
  policyFormOf,
  readPolicy,
  type PolicyForm,
  type PolicyIssues,
} from './policy-form';

export interface RuleForm {
  readonly id: number;
  readonly place: InjectionRule['place'];
  readonly name: string;
  readonly format: string;
}

export interface SecretForm {
  readonly from: 'typed' | 'variable';
  readonly value: string;
  readonly environment: string;
  readonly key: string;
}

export interface GrantForm {
  readonly name: string;
  readonly type: CredentialType;
  readonly template: string | undefined;
  /** Of the template, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly header: string;
  readonly format: string;
  readonly region: string;
  readonly service: string;
  readonly rules: readonly RuleForm[];
  /** One a line. Until a person changes them, those of the template. */
  readonly hosts: string | undefined;
  readonly networks: string;
  readonly policy: PolicyForm;
  /** By name; a secret that nobody has touched is absent. */
  readonly secrets: Readonly<Record<string, SecretForm>>;
}

/** By field; a secret is `secret.NAME`, a parameter `parameter.NAME`. */
export type GrantIssues = Readonly<Record<string, string>>;

export const emptySecret: SecretForm = { from: 'typed', value: '', environment: '', key: '' };

const emptyForm: GrantForm = {
  name: '',
  type: 'bearer',
  template: undefined,
  parameters: {},
  header: '',
  format: '',
  region: '',
  service: '',
  rules: [],
  hosts: undefined,
  networks: '',
  policy: policyFormOf(defaultPolicy),
  secrets: {},
};

let lastId = 0;

export const newRule = (rule: InjectionRule): RuleForm => {
  lastId += 1;
  return { ...rule, id: lastId };
};

/** A name that no grant has yet, as programs write it. */
export function freeName(wanted: string, taken: readonly string[]): string {
  for (let number = 2, name = wanted; ; number += 1) {
    if (!taken.includes(name)) return name;
    name = `${wanted}-${String(number)}`;
  }
}

/** The form for a new grant, from a template or without one. */
export function newForm(template: GrantTemplate | undefined, taken: readonly string[]): GrantForm {
  if (template === undefined) return emptyForm;
  const settings = settingsOf(template, {});
  return { ...emptyForm, ...textsOf(settings), name: freeName(template.id, taken) };
}

export const formOfGrant = (grant: Grant): GrantForm => ({
  ...emptyForm,
  ...textsOf(grant),
  name: grant.name,
  hosts: grant.hosts.join('\n'),
  networks: grant.networks.join('\n'),
  policy: policyFormOf(grant.policy),
});

const textsOf = (settings: Omit<GrantSettings, 'policy'>) => ({
  type: settings.type,
  template: settings.template,
  header: settings.header ?? '',
  format: settings.format ?? '',
  region: settings.region ?? '',
  service: settings.service ?? '',
  rules: settings.rules.map(newRule),
});

export function hostsOf({ hosts, template, parameters }: GrantForm): string {
  if (hosts !== undefined) return hosts;
  const known = template === undefined ? undefined : templateNamed(template);
  const given = Object.fromEntries(
    Object.entries(parameters).flatMap(([name, text]) =>
      text.trim() === '' ? [] : [[name, text.trim()]],
    ),
  );
  return (known?.hosts ?? []).map((host) => withParameters(host, given)).join('\n');
}

/** The settings as they are typed, not checked. */
function typedSettings(form: GrantForm): Omit<GrantSettings, 'policy'> {
  const { type, template, header, format, region, service, rules } = form;
  const text = (typed: string): string | undefined =>
    typed.trim() === '' ? undefined : typed.trim();
  return {
    type,
    template,
    header: type === 'api-key' ? text(header) : undefined,
    format: type === 'api-key' || type === 'basic' ? text(format) : undefined,
    region: type === 'sigv4' ? text(region) : undefined,
    service: type === 'sigv4' ? text(service) : undefined,
    rules: rules.map(({ place, name, format: value }) => ({
      place,
      name: name.trim(),
      format: value,
    })),
    hosts: linesIn(hostsOf(form)),
    networks: linesIn(form.networks),
  };
}

/** What the form would add to requests, and which secrets it needs, while it is typed. */
export const previewOf = (form: GrantForm): GrantSettings => ({
  ...typedSettings(form),
  policy: defaultPolicy,
});

/** The secrets that a form asks for: those that are needed, and those that are optional. */
export const secretsOf = (form: GrantForm): { needed: string[]; optional: string[] } => {
  const settings = previewOf(form);
  const needed = secretNamesOf(settings);
  return {
    needed,
    optional: knownSecretsOf(settings).filter((name) => !needed.includes(name)),
  };
};

export interface ReadGrant {
  readonly name: string;
  /** `undefined` if there is an issue. */
  readonly settings: GrantSettings | undefined;
  readonly secrets: Record<string, SecretSource>;
  readonly issues: GrantIssues;
  readonly policyIssues: PolicyIssues;
}

const fieldIssues: Readonly<Record<string, string>> = {
  header: 'This is no name of a header.',
  format: 'A format has no line breaks.',
  region: 'A region has letters, digits and hyphens only.',
  service: 'A service has letters, digits and hyphens only.',
  rules: 'Each rule needs a name, and a text without line breaks.',
  hosts: 'Write a host a line: host[:port][/path]. A * can only be the first label.',
  networks: 'Write an address or a network a line, such as 10.0.0.0/8.',
};

/**
 * What the form says. `had`: the secrets that the grant has already, for which nothing has to be typed. `now`:
 * milliseconds since 1970.
 */
export function readGrant(form: GrantForm, had: readonly string[], now: number): ReadGrant {
  const issues: Record<string, string> = {};
  const { policy, issues: policyIssues } = readPolicy(form.policy, now);
  const name = grantNameSchema.safeParse(form.name);
  if (!name.success) {
    issues['name'] = form.name.trim() === '' ? 'Give it a name.' : 'Use 100 characters at most.';
  }
  const typed = { ...typedSettings(form), policy };
  const parameters = templateNamed(form.template ?? '')?.parameters ?? {};
  for (const parameter of Object.keys(parameters)) {
    if (hostsOf(form).includes(`{${parameter}}`)) {
      issues[`parameter.${parameter}`] = 'The hosts need it.';
    }
  }
  const settings = grantSettingsSchema.safeParse(typed);
  if (typed.hosts.length === 0) issues['hosts'] = 'Name at least one host that it may be sent to.';
  for (const { path } of settings.error?.issues ?? []) {
    const field = String(path[0]);
    issues[field] ??= fieldIssues[field] ?? 'This is not valid.';
  }
  const { needed, optional } = secretsOf(form);
  const { secrets, issues: secretIssues } = readSecrets(form.secrets, {
    needed: needed.filter((each) => !had.includes(each)),
    optional: [...optional, ...needed].filter((each) => !had.includes(each)),
  });
  if (needed.length === 0) issues['rules'] ??= 'No rule has a secret: write {token} in a text.';
  Object.assign(issues, secretIssues);
  const isFine = Object.keys(issues).length + Object.keys(policyIssues).length === 0;
  return {
    name: name.data ?? '',
    settings: isFine ? settings.data : undefined,
    secrets,
    issues,
    policyIssues,
  };
}

/** The sources that were given, and what is missing. */
export function readSecrets(
  typed: Readonly<Record<string, SecretForm>>,
  {
    needed,
    optional,
  }: { readonly needed: readonly string[]; readonly optional: readonly string[] },
): { readonly secrets: Record<string, SecretSource>; readonly issues: GrantIssues } {
  const secrets: Record<string, SecretSource> = {};
  const issues: Record<string, string> = {};
  for (const name of new Set([...needed, ...optional])) {
    const { from, value, environment, key } = typed[name] ?? emptySecret;
    if (from === 'typed') {
      if (value !== '') secrets[name] = { value };
      else if (needed.includes(name)) issues[`secret.${name}`] = 'This is missing.';
    } else if (environment.trim() !== '' && key.trim() !== '') {
      secrets[name] = { environment: environment.trim(), key: key.trim() };
    } else {
      issues[`secret.${name}`] = 'Choose an environment and a variable.';
    }
  }
  return { secrets, issues };
}
