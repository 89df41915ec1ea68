/** Who made a call, and why. */
import { z } from 'zod';

/** The ways in: the window, the command line, the library, an MCP server, and `strongroom serve`. */
export const callerKinds = ['window', 'cli', 'sdk', 'mcp', 'serve'] as const;

const CONTROL_CHARACTERS = /\p{Cc}+/gu;

/** Text from another program for the activity log: one line without control characters, cut to a length. */
const lineSchema = (maximum: number) =>
  z.string().transform((text) => text.replaceAll(CONTROL_CHARACTERS, ' ').trim().slice(0, maximum));

export const processSchema = z.object({
  pid: z.number().int().positive(),
  name: lineSchema(100).optional(),
});

export const callerSchema = z.object({
  kind: z.enum(callerKinds),
  process: processSchema.optional(),
  /** The address of a caller on another machine. */
  address: z.string().max(45).optional(),
  /** Whether the program says this about itself, and nothing confirms it. */
  claimed: z.literal(true).optional(),
});
export type Caller = z.infer<typeof callerSchema>;

/** The reason that the caller gives for the call. */
export const reasonSchema = lineSchema(500);
