import { Actor, type ActorParts, type Client, type Step } from './actor';
import type { Random } from './random';
import type { FaultSource, Stage } from './stage';

export interface Performance {
  readonly clients: readonly Client[];
  readonly stage: Stage;
  readonly faults: FaultSource | undefined;
  readonly random: Random;
}

/** Lets at least two of the clients edit the same secret at once, until all of them have left it. */
export async function perform(
  { clients, stage, faults, random }: Performance,
  shared: Pick<ActorParts, 'path' | 'history' | 'tally' | 'habits'>,
): Promise<void> {
  const step: Step = (kind, call) => stage.step(kind, call);
  const actors = clients.slice(0, random.between(2, clients.length)).map((client, index) => {
    const name = String.fromCharCode(97 + index);
    return new Actor({ ...shared, ...client, name, step, random: random.fork() });
  });
  // One after the other, so that all have the secret at the start.
  for (const actor of actors) await actor.link();
  stage.begin(actors.length);
  await Promise.all(
    actors.map(async (actor) => {
      for (let left = random.between(3, 6); left > 0; left -= 1) await actor.act();
      stage.end();
    }),
  );
  faults?.clear();
  for (const actor of actors) await actor.leave();
}
