/** What a form can be filled with from this computer. The window gets the names of credentials, and never a text. */
import { AppError } from '@shared/errors';
import type { ConnectionForm, ConnectionOffer } from '@shared/model/connection';
import { providerDescriptors } from '@shared/providers';
import { isSignIn, type ProviderId } from '@shared/providers/descriptor';
import { destinationOf } from '@shared/providers/destination';
import type { Secret } from '@core/secrets/secret';
import type { ProviderRegistry } from '@core/providers/registry';

export class Offers {
  readonly #signedIn = new Map<string, Readonly<Record<string, Secret>>>();

  constructor(private readonly registry: ProviderRegistry) {}

  async of(provider: ProviderId): Promise<ConnectionOffer> {
    const factory = await this.registry.get(provider);
    const [found, choices] = await Promise.all([factory.find?.(), factory.choices?.()]);
    const offered = choices && {
      choices: Object.fromEntries(Object.entries(choices).map(([name, all]) => [name, [...all]])),
    };
    if (found === undefined) return { ...offered };
    const { values, credentials, from, credentialsFrom } = found;
    return {
      ...offered,
      proposal: { values, credentials: Object.keys(credentials), from: [...from], credentialsFrom },
    };
  }

  /** Keeps what a sign-in for this form brought, until it is forgotten. It is for where the form leads alone. */
  keep(form: ConnectionForm, credentials: Readonly<Record<string, Secret>>): void {
    this.#signedIn.set(keyOf(form), credentials);
  }

  forget(): void {
    this.#signedIn.clear();
  }

  /** The form with the texts of the credentials that it takes. Throws `CREDENTIALS_MISSING` if one is gone. */
  async taken(form: ConnectionForm): Promise<ConnectionForm> {
    const entries = Object.entries(form.credentials);
    if (!entries.some(([, { action }]) => action === 'take')) return form;
    const found = await (await this.registry.get(form.provider)).find?.();
    const credentials = entries.map(([name, change]) => {
      if (change.action !== 'take') return [name, change] as const;
      const secret = this.#signedIn.get(keyOf(form))?.[name] ?? found?.credentials[name];
      if (secret === undefined) throw gone(form.provider, name);
      return [name, { action: 'replace', value: secret.reveal() }] as const;
    });
    return { ...form, credentials: Object.fromEntries(credentials) };
  }
}

const keyOf = ({ workspaceId, provider, values }: ConnectionForm): string =>
  JSON.stringify([workspaceId, provider, destinationOf(providerDescriptors[provider], values)]);

function gone(provider: ProviderId, name: string): AppError {
  const field = providerDescriptors[provider].fields.find((each) => each.name === name);
  if (field !== undefined && isSignIn(field)) {
    return new AppError('CREDENTIALS_MISSING', {
      message: 'Nobody is signed in for these settings.',
      likelyCause: 'The address was changed after the sign-in, or Strongroom was locked.',
      hint: 'Sign in again.',
      details: { field: name },
    });
  }
  const label = field?.label ?? name;
  return new AppError('CREDENTIALS_MISSING', {
    message: `The ${label} is no longer on this computer.`,
    likelyCause: 'The variable or file that it came from was removed.',
    hint: 'Enter it, or sign in again with the tool that keeps it there.',
    details: { field: name },
  });
}
