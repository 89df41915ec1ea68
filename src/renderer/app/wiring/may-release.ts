import type { Stores } from '../create-stores';
import { thrownLine } from '../thrown-line';
import type { Events } from './events';

/** A person is about to change an environment that a declared set-up owns. */
export function mayRelease(
  events: Events,
  { announcements, environment, questions }: Stores,
): void {
  events.owners.mayRelease.connect(async (name, owner) => {
    const answer = await questions.getState().ask({
      title: `Change ${name}?`,
      text: `The configuration “${owner}” owns this environment: the next “strongroom apply” would overwrite your change. To change it here, release it. Then apply asks before it takes the environment over again.`,
      answers: [{ id: 'release', label: 'Release and change', variant: 'primary' }],
    });
    return answer === 'release';
  });
  events.owners.onReleased.connect(async (name) => {
    await environment.getState().refresh();
    announcements.getState().say(`${name} is released: no configuration owns it now.`, 'info');
  });
  events.owners.onFailed.connect((error) => {
    announcements.getState().say(thrownLine(error), 'bad');
  });
}
