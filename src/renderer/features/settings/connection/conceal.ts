/** The last guard of a report that others will read. The steps contain no credentials; this is in case one does. */
import type { ProviderId } from '@shared/providers/descriptor';
import { credentialNames, type ProviderDraft } from './form';

/** Settings that are one half of a credential. */
const HALVES = ['roleId', 'proxyUser', 'externalId'];

/** Shorter texts would be found inside other words: a development server's token is `root`. */
const TELLING_LENGTH = 8;

const shapes: readonly (readonly [RegExp, string])[] = [
  // User and password in a URL.
  [/(?<=[a-z]:\/\/)[^\s/@]+@/gi, ''],
  // Vault's tokens, including wrapping tokens: service, batch, recovery, and those from before 1.10.
  [/\b(?:hv[sbr]|[sbr])\.[\w-]{20,}/g, '[token]'],
  // Ids of AWS access keys, permanent and temporary.
  [/\b(AKIA|ASIA)[A-Z0-9]{8,124}([A-Z0-9]{4})\b/g, '$1…$2'],
];

/** The typed texts that are a credential or one half of it. */
function typed(provider: ProviderId, { values, credentials }: ProviderDraft): string[] {
  const texts = [
    ...HALVES.map((name) => values[name]),
    ...credentialNames(provider).map((name) => {
      const credential = credentials[name];
      return credential?.state === 'typed' ? credential.text : undefined;
    }),
  ];
  return texts.filter(
    (text) => typeof text === 'string' && text.length >= TELLING_LENGTH,
  ) as string[];
}

export function conceal(text: string, provider: ProviderId, form: ProviderDraft): string {
  const shaped = shapes.reduce((result, [shape, by]) => result.replaceAll(shape, by), text);
  return typed(provider, form).reduce(
    (result, credential) => result.replaceAll(credential, '[hidden]'),
    shaped,
  );
}
