/** The KV secrets engine, version 1: the body is the secret. */
import { JsonNumber, type JsonObject } from '@shared/model/json';
import { childrenOf, type Engine, type EngineRequest } from './engine';
import { byBytes } from './go-json';
import { errors, noContent, notFound, ok, unsupportedOperation, type Reply } from './reply';
import { parseDuration } from './time';

const DEFAULT_LEASE_SECONDS = 2_764_800;

/** A key named `ttl` or `lease` sets the lease in answers, and is stored like any other. */
function leaseOf(data: JsonObject): number {
  const value = data.get('ttl') ?? data.get('lease');
  if (typeof value === 'string') return parseDuration(value) ?? DEFAULT_LEASE_SECONDS;
  if (value instanceof JsonNumber) return Number(value.source);
  return DEFAULT_LEASE_SECONDS;
}

export class KvV1 implements Engine {
  readonly secrets = new Map<string, JsonObject>();

  exists(path: string): boolean {
    return this.secrets.has(path);
  }

  handle({ operation, path, body }: EngineRequest): Reply {
    switch (operation) {
      case 'read':
        return this.#read(path);
      case 'list':
        return this.#list(path);
      case 'create':
      case 'update':
        return this.#write(path, body);
      case 'delete':
        this.secrets.delete(path);
        return noContent;
      case 'patch':
        return unsupportedOperation;
    }
  }

  #read(path: string): Reply {
    const data = this.secrets.get(path);
    return data === undefined ? notFound : ok(data, { leaseDuration: leaseOf(data) });
  }

  #list(folder: string): Reply {
    const keys = childrenOf(this.secrets.keys(), folder).toSorted(byBytes);
    return keys.length === 0 ? notFound : ok({ keys });
  }

  #write(path: string, data: JsonObject): Reply {
    if (path === '' || path.endsWith('/')) {
      return errors(400, "cannot write to a path ending in '/'");
    }
    if (data.size === 0) return errors(400, 'missing data fields');
    this.secrets.set(path, data);
    return noContent;
  }
}
