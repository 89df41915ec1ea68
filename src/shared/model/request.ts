/** A request with a grant, as programs make it. */
import { z } from 'zod';
import type { PolicyRule } from './policy';

export const requestHeadersSchema = z
  .array(z.tuple([z.string().max(1000), z.string().max(20_000)]))
  .max(200);

/** What can refuse a request beside the rules of a policy. */
const requestRules = [
  'grant',
  'client',
  'state',
  'url',
  'method',
  'scheme',
  'host',
  'path',
  'address',
  'redirect',
  'header',
  'body',
] as const;
export type RequestRule = (typeof requestRules)[number] | PolicyRule;

/** What happens to a request, in this order. */
export type RequestEvent =
  /** A person is asked; the answer decides. */
  | { readonly type: 'waiting' }
  | {
      readonly type: 'head';
      readonly status: number;
      readonly headers: [string, string][];
      /** The URL that answered, after redirects. */
      readonly url: string;
    }
  | { readonly type: 'chunk'; readonly bytes: Uint8Array }
  /** `replaced`: in how many places of the body the credential was hidden. */
  | { readonly type: 'end'; readonly replaced: number };

/** As the contract carries it: bytes as base64. */
export const requestEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('waiting') }),
  z.object({
    type: z.literal('head'),
    status: z.number().int(),
    headers: z.array(z.tuple([z.string(), z.string()])),
    url: z.string(),
  }),
  z.object({ type: z.literal('chunk'), base64: z.string() }),
  z.object({ type: z.literal('end'), replaced: z.number().int() }),
]);
