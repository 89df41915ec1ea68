import type { Stores } from '../create-stores';
import type { Events } from './events';

/** Compare is about to copy a variable over one with another value. */
export function mayReplace(events: Events, { questions }: Stores): void {
  events.compare.mayReplace.connect(async (key, target) => {
    const answer = await questions.getState().ask({
      title: `Replace ${key} in ${target}?`,
      text: `This overwrites ${key} in ${target}.`,
      answers: [{ id: 'replace', label: 'Replace', variant: 'danger' }],
    });
    return answer === 'replace';
  });
}
