/**
 * What programs on other machines can ask Strongroom for, as HTTP with JSON: a small part of the agent contract. The
 * OpenAPI document is generated from it. Nothing here is for a window, and nothing changes what Strongroom keeps.
 */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { errorCodes, type ErrorCode } from '../../errors';
import { errorReportSchema } from '../../model/error-report';
import { reasonSchema } from '../../model/caller';
import { statusFor } from './statuses';

const errorData = errorReportSchema.omit({ code: true, message: true });

const errorMap = Object.fromEntries(
  errorCodes.map((code) => [code, { status: statusFor(code), data: errorData }]),
) as Record<ErrorCode, { status: number; data: typeof errorData }>;

const route = oc.errors(errorMap);

/** As a failure looks in an answer, whatever the call. */
export const failureSchema = z.object({
  error: z.object({
    code: z.string().describe('Stays the same in later versions: see the guide.'),
    message: z.string(),
    cause: z.string().optional(),
    hint: z.string().optional(),
    rule: z.string().optional().describe('The rule of the grant that refused the request.'),
  }),
});
export type Failure = z.infer<typeof failureSchema>;

const servedGrantSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  state: z.enum(['active', 'disabled', 'expired', 'ended']),
  hosts: z.array(z.string()),
  policy: z.string().describe('The policy in words.'),
});

/** Ten minutes, in milliseconds. */
const LONGEST_TIMEOUT = 600_000;

const headersSchema = z.array(z.tuple([z.string().max(1000), z.string().max(20_000)]));

export const serveContract = {
  grants: route
    .route({
      method: 'GET',
      path: '/v1/grants',
      operationId: 'listGrants',
      summary: 'The grants of this client',
      tags: ['Requests'],
    })
    .output(z.object({ grants: z.array(servedGrantSchema) })),
  request: route
    .route({
      method: 'POST',
      path: '/v1/requests',
      operationId: 'makeRequest',
      summary: 'Makes a request with the credential of a grant',
      description:
        'Strongroom adds the credential, makes the request itself, and hides the credential in the answer. An answer of the service of any status is an answer with the status 200 here.',
      tags: ['Requests'],
    })
    .input(
      z.object({
        grant: z.string().describe('Name or id.'),
        method: z.string().max(100),
        url: z.string().max(20_000),
        headers: headersSchema.max(200).optional(),
        body: z.string().optional().describe('Text.'),
        base64: z.base64().optional().describe('A body that is not text, in place of “body”.'),
        reason: reasonSchema.optional().describe('Why, for the audit.'),
        timeout: z
          .number()
          .int()
          .min(1)
          .max(LONGEST_TIMEOUT)
          .optional()
          .describe('Milliseconds. Default: 60,000.'),
        redirects: z.number().int().min(0).max(20).optional().describe('Default: 5.'),
      }),
    )
    .output(
      z.object({
        status: z.number().int(),
        url: z.string().describe('The URL that answered, after redirects.'),
        headers: headersSchema,
        body: z.string().optional().describe('The body, if it is text.'),
        base64: z.string().optional().describe('The body, if it is not text.'),
        credentialHidden: z
          .number()
          .int()
          .describe('In how many places of the body the credential was hidden.'),
      }),
    ),
  environments: route
    .route({
      method: 'GET',
      path: '/v1/environments',
      operationId: 'listEnvironments',
      summary: 'The environments of this client, by name',
      tags: ['Variables'],
    })
    .output(z.object({ environments: z.array(z.string()) })),
  variables: route
    .route({
      method: 'GET',
      path: '/v1/variables',
      operationId: 'readVariables',
      summary: 'The values of an environment of this client',
      tags: ['Variables'],
    })
    .input(z.object({ environment: z.string() }))
    .output(z.object({ variables: z.array(z.object({ key: z.string(), value: z.string() })) })),
};
