/** What the core uses and Node 16 lacks, which Electron 22 has. Nothing that a newer Node has is replaced. */
import crypto, { webcrypto } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';

type Any = Record<string, unknown>;

function add(target: object, members: Any): void {
  for (const [name, value] of Object.entries(members)) {
    if (!(name in target)) {
      Object.defineProperty(target, name, { value, configurable: true, writable: true });
    }
  }
}

add(globalThis, {
  crypto: webcrypto,
  structuredClone: (value: unknown) => deserialize(serialize(value)) as unknown,
});

add(crypto, { getRandomValues: (array: Uint8Array) => webcrypto.getRandomValues(array) });

add(AbortSignal, {
  any: (signals: readonly AbortSignal[]): AbortSignal => {
    const controller = new AbortController();
    for (const signal of signals) {
      if (signal.aborted) controller.abort(signal.reason);
      else signal.addEventListener('abort', () => controller.abort(signal.reason), { once: true });
    }
    return controller.signal;
  },
});

add(AbortSignal.prototype, {
  throwIfAborted(this: AbortSignal): void {
    if (this.aborted) throw this.reason;
  },
});

add(URL, {
  canParse: (text: string, base?: string): boolean => {
    try {
      return new URL(text, base) instanceof URL;
    } catch {
      return false;
    }
  },
});

add(Array.prototype, {
  toSorted(this: unknown[], compare?: (one: unknown, other: unknown) => number) {
    // oxlint-disable-next-line unicorn/no-array-sort -- It is a copy, and this is the other method.
    return [...this].sort(compare);
  },
  toReversed(this: unknown[]) {
    // oxlint-disable-next-line unicorn/no-array-reverse -- As above.
    return [...this].reverse();
  },
});
