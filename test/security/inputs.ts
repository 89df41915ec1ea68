/** Inputs of calls for a fuzzer: what a schema admits, with something hostile in some places of it. */
import fc from 'fast-check';
import { z } from 'zod';

/** Typed where a secret belongs. No error may repeat it. */
export const TYPED_SECRET = 'sk-typed-7a1f0c';

/** What exists, so that calls get beyond their first check. */
export interface Known {
  readonly ids: readonly string[];
  /** By the name of a property. */
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** As much of JSON Schema as zod writes. */
interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly minItems?: number;
  readonly $ref?: string;
}

const SECRETS = /^(value|passphrase|current|password|token|base64|body)$/i;

const pollution = JSON.parse(
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"polluted":true}',
) as unknown;

/** Deeper than any function may call itself. It becomes JSON when a frame is written. */
const DEEP = '@deep@';
const DEPTH = 20_000;

/** A value as JSON, with what is too deep to be an object. */
export const textOf = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    `"${DEEP}"`,
    () => `${'[{"a":'.repeat(DEPTH)}1${'}]'.repeat(DEPTH)}`,
  );

const hostile: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown[]>(
    null,
    0,
    -1,
    1.5,
    1e308,
    true,
    '',
    ' ',
    [],
    {},
    pollution,
    [pollution],
    DEEP,
    '__proto__',
    'constructor',
    'toString',
    '../../../../etc/passwd',
    '/dev/zero',
    'file:///etc/passwd',
    "'; DROP TABLE environments; --",
    '%00\u0000\r\nX: y',
    '\uD800\u202E\u2066',
    'x'.repeat(200_000),
    Array.from({ length: 5000 }, () => null),
    Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`k${String(index)}`, index])),
  ),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.jsonValue({ maxDepth: 4 }),
);

/** Inputs for a schema, `undefined` for a call that takes none. */
export function inputsOf(schema: z.ZodType | undefined, known: Known): fc.Arbitrary<unknown> {
  if (schema === undefined) return fc.oneof(fc.constant(undefined), hostile);
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema & {
    readonly $defs?: Readonly<Record<string, Schema>>;
  };
  const resolved = ({ $ref, ...rest }: Schema): Schema =>
    $ref === undefined ? rest : (json.$defs?.[$ref.split('/').at(-1) ?? ''] ?? {});

  /** `name`: of the property; `depth`: how many schemas stand above it. */
  const of = (given: Schema, name: string, depth: number): fc.Arbitrary<unknown> => {
    const admitted = depth > 12 ? fc.constant(null) : admittedBy(resolved(given), name, depth + 1);
    return fc.oneof({ weight: 14, arbitrary: admitted }, { weight: 1, arbitrary: hostile });
  };

  const admittedBy = (each: Schema, name: string, depth: number): fc.Arbitrary<unknown> => {
    if (each.const !== undefined) return fc.constant(each.const);
    if (each.enum !== undefined) return fc.constantFrom(...each.enum);
    const choices = each.anyOf ?? each.oneOf;
    if (choices !== undefined) return fc.oneof(...choices.map((one) => of(one, name, depth)));
    if (each.allOf !== undefined) {
      return fc
        .tuple(...each.allOf.map((one) => admittedBy(resolved(one), name, depth)))
        .map((parts) => Object.assign({}, ...parts) as unknown);
    }
    switch (each.type) {
      case 'object':
        return objectOf(each, name, depth);
      case 'array': {
        if (each.prefixItems !== undefined) {
          return fc.tuple(...each.prefixItems.map((one) => of(one, name, depth)));
        }
        return fc.array(of(each.items ?? {}, name, depth), {
          minLength: each.minItems ?? 0,
          maxLength: 3,
        });
      }
      case 'string':
        return textsFor(each, name);
      case 'boolean':
        return fc.boolean();
      case 'null':
        return fc.constant(null);
      case 'integer':
      case 'number':
        return fc.constantFrom(0, 1, 2, 10, 1000, 1_700_000_000_000);
      case undefined:
      default:
        return fc.jsonValue({ maxDepth: 2 });
    }
  };

  const objectOf = (each: Schema, name: string, depth: number): fc.Arbitrary<unknown> => {
    const { properties = {}, required = [], additionalProperties } = each;
    const fields = Object.fromEntries(
      Object.entries(properties).map(([key, one]) => [key, of(one, key, depth)]),
    );
    if (Object.keys(fields).length === 0 && typeof additionalProperties === 'object') {
      return fc.dictionary(
        fc.constantFrom('token', 'url', 'KEY', '__proto__', 'constructor'),
        of(additionalProperties, name, depth),
        { maxKeys: 3 },
      );
    }
    return fc.record(fields, {
      requiredKeys: required.filter((key) => Object.hasOwn(fields, key)),
    });
  };

  const textsFor = ({ format }: Schema, name: string): fc.Arbitrary<string> => {
    if (format === 'uuid') return fc.constantFrom(...known.ids);
    if (SECRETS.test(name)) return fc.string({ maxLength: 8 }).map((end) => TYPED_SECRET + end);
    const named = known.names[name] ?? known.ids;
    return fc.constantFrom(...named, `new-${name}`, 'GET', 'production');
  };

  return fc.oneof({ weight: 9, arbitrary: of(json, '', 0) }, { weight: 1, arbitrary: hostile });
}
