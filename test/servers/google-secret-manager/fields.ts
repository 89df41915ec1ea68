/** Reads the JSON of a request as Google's front end does: strictly, in camelCase or snake_case. */
import { invalidArgument, invalidField } from './errors';

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One JSON object. Absent and null are the same. */
export class Fields {
  private readonly members: ReadonlyMap<string, unknown>;

  private constructor(
    object: Readonly<Record<string, unknown>>,
    private readonly at: string,
  ) {
    this.members = new Map(
      Object.entries(object)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [camelCase(name), value]),
    );
  }

  /** Throws INVALID_ARGUMENT if the body is not a JSON object. An empty body is an empty object. */
  static parse(body: string): Fields {
    if (body === '') return new Fields({}, '');
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      throw invalidArgument('Invalid JSON payload received. Unexpected token.');
    }
    if (!isObject(value)) {
      throw invalidArgument('Invalid JSON payload received. The root is not an object.');
    }
    return new Fields(value, '');
  }

  /** Throws INVALID_ARGUMENT if there is another member. */
  only(...names: readonly string[]): this {
    const known = new Set(names);
    for (const name of this.members.keys()) {
      if (known.has(name)) continue;
      const place = this.at === '' ? '' : ` at '${this.at}'`;
      throw invalidField(
        this.path(name),
        `Invalid JSON payload received. Unknown name "${name}"${place}: Cannot find field.`,
      );
    }
    return this;
  }

  has(name: string): boolean {
    return this.members.has(name);
  }

  text(name: string): string | undefined {
    return this.value(name, 'TYPE_STRING', (value) =>
      typeof value === 'string' ? value : undefined,
    );
  }

  object(name: string): Fields | undefined {
    return this.value(name, 'TYPE_MESSAGE', (value) =>
      isObject(value) ? new Fields(value, this.path(name)) : undefined,
    );
  }

  objects(name: string): readonly Fields[] {
    const read = (value: unknown): readonly Fields[] | undefined =>
      Array.isArray(value) && value.every(isObject)
        ? value.map((item, index) => new Fields(item, `${this.path(name)}[${String(index)}]`))
        : undefined;
    return this.value(name, 'TYPE_MESSAGE', read) ?? [];
  }

  texts(name: string): readonly string[] {
    const read = (value: unknown): readonly string[] | undefined =>
      Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
    return this.value(name, 'TYPE_STRING', read) ?? [];
  }

  /** Text by text. Names are kept as they are. */
  map(name: string): ReadonlyMap<string, string> {
    const read = (value: unknown): ReadonlyMap<string, string> | undefined =>
      isObject(value) && Object.values(value).every((item) => typeof item === 'string')
        ? new Map(Object.entries(value) as [string, string][])
        : undefined;
    return this.value(name, 'TYPE_STRING', read) ?? new Map();
  }

  /** A number, or a text with its digits. */
  int64(name: string): bigint | undefined {
    return this.value(name, 'TYPE_INT64', int64);
  }

  int64Map(name: string): ReadonlyMap<string, bigint> {
    const read = (value: unknown): ReadonlyMap<string, bigint> | undefined => {
      if (!isObject(value)) return undefined;
      const entries = Object.entries(value).flatMap(([key, item]) => {
        const number = int64(item);
        return number === undefined ? [] : [[key, number] as const];
      });
      return entries.length === Object.keys(value).length ? new Map(entries) : undefined;
    };
    return this.value(name, 'TYPE_INT64', read) ?? new Map();
  }

  bytes(name: string): Buffer | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return Buffer.from(text, 'base64');
    // The service repeats the value in the message, so a client must not show or log it.
    throw invalidField(
      this.path(name),
      `Invalid value at '${this.path(name)}' (TYPE_BYTES), Base64 decoding failed for "${text}"`,
    );
  }

  /** `3600s` or `0.5s`, in seconds. */
  duration(name: string): number | undefined {
    return this.value(name, 'TYPE_MESSAGE', (value) => {
      const match = typeof value === 'string' ? /^(\d+(?:\.\d{1,9})?)s$/.exec(value) : null;
      return match === null ? undefined : Number(match[1]);
    });
  }

  /** RFC 3339, in milliseconds since 1970. */
  timestamp(name: string): number | undefined {
    return this.value(name, 'TYPE_MESSAGE', (value) => {
      const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
      return Number.isNaN(time) ? undefined : time;
    });
  }

  /** In snake_case, as the service names fields in errors. */
  private path(name: string): string {
    const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return this.at === '' ? snake : `${this.at}.${snake}`;
  }

  private value<T>(
    name: string,
    type: string,
    read: (value: unknown) => T | undefined,
  ): T | undefined {
    const value = this.members.get(name);
    if (value === undefined) return undefined;
    const result = read(value);
    if (result !== undefined) return result;
    const given = typeof value === 'object' ? '' : `, ${JSON.stringify(value)}`;
    throw invalidField(this.path(name), `Invalid value at '${this.path(name)}' (${type})${given}`);
  }
}

function int64(value: unknown): bigint | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  return typeof value === 'string' && /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined;
}
