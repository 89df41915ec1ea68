/** The OpenAPI document, from the contract. */
import { OpenAPIGenerator, type ConditionalSchemaConverter } from '@orpc/openapi';
import { z } from 'zod';
import { failureSchema, serveContract } from '@shared/contract/serve';

/** As zod itself describes a schema. */
const zodConverter: ConditionalSchemaConverter = {
  condition: (schema) => schema !== undefined && '_zod' in schema,
  convert: (schema, { strategy }) => {
    const described = z.toJSONSchema(schema as z.ZodType, {
      io: strategy,
      target: 'draft-2020-12',
      unrepresentable: 'any',
    });
    delete described.$schema;
    return [!(schema as z.ZodType).safeParse(undefined).success, described as object];
  },
};

export async function openApiDocument(version: string): Promise<object> {
  const generator = new OpenAPIGenerator({ schemaConverters: [zodConverter] });
  const failure = z.toJSONSchema(failureSchema, { target: 'draft-2020-12' });
  delete failure.$schema;
  return generator.generate(serveContract, {
    info: {
      title: 'Strongroom',
      version,
      description:
        'Requests with credentials that the caller does not see, and the variables of environments. Every call needs the token of a client.',
    },
    security: [{ token: [] }],
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Failure: failure as object },
    },
    customErrorResponseBodySchema: () => ({ $ref: '#/components/schemas/Failure' }),
  });
}
