/** Where the note of a variable is kept: with the secret at its provider, or on this computer. */
import { z } from 'zod';

/**
 * Why a note is not with the secret: the store has no place for notes here, this note is too long for it, the secret
 * has no room for another one, the credentials may not change its metadata, or the server did not answer or take it.
 */
export const noteRefusals = [
  'not-supported',
  'too-long',
  'no-room',
  'not-permitted',
  'not-taken',
] as const;
export type NoteRefusal = (typeof noteRefusals)[number];

/** That a note is only on this computer, although notes of the environment are kept with the secret. */
export const noteHereSchema = z.object({
  /** Absent if it was never sent since Strongroom was started. */
  why: z.enum(noteRefusals).optional(),
  /** The note of the same variable that is with the secret. */
  withSecret: z.string().optional(),
});
export type NoteHere = z.infer<typeof noteHereSchema>;
