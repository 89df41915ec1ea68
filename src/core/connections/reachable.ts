/** A provider whose calls tell whether there is a way to its server. */
import { isAppError } from '@shared/errors';
import type { SecretsProvider } from '@core/providers/provider';
import type { ConnectedProvider } from './interruptible';
import type { Reachability, Server } from './reachability';

/** Calls that find the server out of reach throw `OFFLINE`, `readMany` among them. */
export function reachable(
  provider: SecretsProvider,
  server: Server,
  reachability: Reachability,
): ConnectedProvider {
  /** `isAnswer`: whether the result can have come from the server only. */
  async function call<Result>(
    work: () => Promise<Result>,
    isAnswer: (result: Result) => boolean = () => true,
  ): Promise<Result> {
    try {
      const result = await work();
      if (isAnswer(result)) reachability.answered(server.id);
      return result;
    } catch (error) {
      throw await reachability.explain(server, error);
    }
  }

  async function* readMany(
    ...call: Parameters<SecretsProvider['readMany']>
  ): ReturnType<typeof stream> {
    yield* stream(provider.readMany(...call));
  }

  async function* stream(outcomes: ReturnType<SecretsProvider['readMany']>) {
    for await (const outcome of outcomes) {
      if ('snapshot' in outcome) reachability.answered(server.id);
      else {
        const error = await reachability.explain(server, outcome.error);
        // The rest would hear the same.
        if (isAppError(error, 'OFFLINE')) throw error;
      }
      yield outcome;
    }
  }

  return {
    check: (options) => provider.check(options),
    list: (options) => call(() => provider.list(options)),
    read: (path, options) => call(() => provider.read(path, options)),
    readMany,
    glance: (path, options) =>
      call(
        () => provider.glance(path, options),
        ({ state }) => state !== 'unknown',
      ),
    versions: (path, options) =>
      call(
        () => provider.versions(path, options),
        ({ isKept }) => isKept,
      ),
    readVersion: (path, revision, options) =>
      call(() => provider.readVersion(path, revision, options)),
    write: (path, document, expected, options) =>
      call(() => provider.write(path, document, expected, options)),
    validate: (path, document) => provider.validate(path, document),
    remove: (path, expected, options) => call(() => provider.remove(path, expected, options)),
    undelete: (path, options) => call(() => provider.undelete(path, options)),
  };
}
