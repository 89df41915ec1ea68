/** Checks the members of a request against the service's model, before anything else reads them. */
import {
  constraintError,
  frameworkError,
  invalidParameter,
  invalidRequest,
  validationError,
} from './errors';

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

  secretId(): string {
    return this.requiredString('SecretId', { min: 1, max: 2048 });
  }

  /** Only the parts that may go into a log. */
  describeTarget(): string | undefined {
    for (const name of ['SecretId', 'Name']) {
      const value = this.members[name];
      if (typeof value === 'string') return value;
    }
    return undefined;
  }

  describeTargets(): readonly string[] {
    const list = this.members['SecretIdList'];
    return isArray(list) ? list.filter((item) => typeof item === 'string') : [];
  }
}

const isArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const isObject = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function checkLength(name: string, length: number, min: number, max: number): void {
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

export const maxValueBytes = 65_536;

/** Exactly one of SecretString and SecretBinary, or neither. Throws InvalidParameterException. */
export function secretValue(
  input: Input,
):
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'binary'; readonly bytes: Buffer }
  | undefined {
  const text = input.string('SecretString', { min: 1, max: maxValueBytes });
  const encoded = input.string('SecretBinary');
  if (text !== undefined && encoded !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  if (text !== undefined) {
    checkLength('SecretString', Buffer.byteLength(text), 1, maxValueBytes);
    return { kind: 'string', text };
  }
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  checkLength('SecretBinary', bytes.length, 1, maxValueBytes);
  return { kind: 'binary', bytes };
}

/** Throws ValidationException. AWS uses `!` in the names of secrets of other services. */
export function checkName(name: string): void {
  if (!/^[A-Za-z0-9/_+=.@!-]+$/.test(name)) {
    throw validationError(
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  }
}

/** Every SDK sends a token; a raw request must add one. */
export function clientRequestToken(input: Input): string {
  const token = input.string('ClientRequestToken', { max: 64 });
  if (token === undefined || token === '') {
    throw invalidRequest(
      'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
    );
  }
  if (token.length < 32) {
    throw invalidParameter('ClientRequestToken must be 32-64 characters long.');
  }
  return token;
}
