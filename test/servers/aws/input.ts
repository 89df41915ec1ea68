/** Checks the members of a request against a service's model, before anything else reads them. */
import { constraintError, frameworkError } from './errors';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

const serialization = (): Error =>
  frameworkError('SerializationException', 'Start of structure or map found where not expected.');

/** One request's JSON object, read member by member. Absent and null are the same. */
export class Input {
  private constructor(private readonly members: { readonly [key: string]: Json }) {}

  /** Throws SerializationException when the body is not a JSON object. */
  static parse(body: Buffer): Input {
    if (body.length === 0) return new Input({});
    let parsed: Json;
    try {
      parsed = JSON.parse(body.toString('utf8')) as Json;
    } catch {
      throw frameworkError('SerializationException', 'Unexpected token in the request body.');
    }
    if (!isObject(parsed)) throw serialization();
    return new Input(parsed);
  }

  has(name: string): boolean {
    const value = this.members[name];
    return value !== undefined && value !== null;
  }

  string(name: string, { min = 0, max = Infinity } = {}): string | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw serialization();
    checkLength(name, value.length, min, max);
    return value;
  }

  requiredString(name: string, limits: { min?: number; max?: number } = {}): string {
    const value = this.string(name, limits);
    if (value === undefined) throw constraintError(lowerFirst(name), 'Member must not be null');
    return value;
  }

  integer(name: string, { min = -Infinity, max = Infinity } = {}): number | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'number' || !Number.isInteger(value)) throw serialization();
    if (value < min) {
      throw constraintError(
        lowerFirst(name),
        `Member must have value greater than or equal to ${min}`,
      );
    }
    if (value > max) {
      throw constraintError(
        lowerFirst(name),
        `Member must have value less than or equal to ${max}`,
      );
    }
    return value;
  }

  boolean(name: string): boolean {
    const value = this.members[name];
    if (value === undefined || value === null) return false;
    if (typeof value !== 'boolean') throw serialization();
    return value;
  }

  oneOf<const T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const value = this.string(name);
    if (value === undefined) return undefined;
    const found = allowed.find((candidate) => candidate === value);
    if (found === undefined) {
      throw constraintError(
        lowerFirst(name),
        `Member must satisfy enum value set: [${allowed.join(', ')}]`,
      );
    }
    return found;
  }

  strings(name: string, { min = 0, max = Infinity } = {}): string[] | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (!isArray(value)) throw serialization();
    checkLength(name, value.length, min, max);
    return value.map((item) => {
      if (typeof item !== 'string') throw serialization();
      return item;
    });
  }

  objects(name: string, { max = Infinity } = {}): Input[] | undefined {
    const value = this.members[name];
    if (value === undefined || value === null) return undefined;
    if (!isArray(value)) throw serialization();
    checkLength(name, value.length, 0, max);
    return value.map((item) => {
      if (!isObject(item)) throw serialization();
      return new Input(item);
    });
  }

  /** The texts in these members, or in their lists, unchecked: for a log of what is asked for. */
  texts(names: readonly string[]): string[] {
    return names
      .flatMap((name): readonly Json[] => {
        const value = this.members[name];
        return value === undefined ? [] : isArray(value) ? value : [value];
      })
      .filter((value) => typeof value === 'string');
  }
}

const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Throws ValidationException. */
export function checkLength(name: string, length: number, min: number, max: number): void {
  if (length < min) {
    throw constraintError(
      lowerFirst(name),
      `Member must have length greater than or equal to ${min}`,
    );
  }
  if (length > max) {
    throw constraintError(lowerFirst(name), `Member must have length less than or equal to ${max}`);
  }
}
