import { providerFacts } from '@shared/providers/facts';
import type { Stores } from '../create-stores';
import type { Events } from './events';

/** The global defaults are about to change. Other workspaces may use them too. */
export function scopeOfChange(events: Events, stores: Stores): void {
  const { connection, questions, workspaces } = stores;
  events.connection.scopeOfChange.connect(async (provider) => {
    // Another window may have created or changed one.
    await workspaces.getState().refresh();
    const { list, current } = workspaces.getState();
    const others = list.filter(
      ({ id, ownConfiguration }) => id !== current.id && !ownConfiguration,
    );
    if (others.length === 0) return 'global';
    const { label } = providerFacts[provider];
    const names = others.map(({ name }) => name).join(', ');
    const isSame = provider === connection.getState().settings.provider;
    return questions.getState().ask({
      title: isSame
        ? `Change the settings of ${label} for other workspaces too?`
        : `Change the provider of other workspaces to ${label} too?`,
      text: `${current.name} uses the global defaults, and so ${others.length === 1 ? 'does' : 'do'} ${names}. Save for all of them, or give ${current.name} its own settings.`,
      answers: [
        { id: 'global', label: `Save for all ${String(others.length + 1)}` },
        { id: 'workspace', label: `Only for ${current.name}`, variant: 'primary' },
      ],
    });
  });
}
