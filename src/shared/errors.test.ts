import { describe, expect, it } from 'vitest';
import { AppError, errorCodes, errorTable } from './errors';

describe.each(errorCodes)('%s', (code) => {
  const text: { readonly message: string; readonly cause?: string; readonly hint: string } =
    errorTable[code];

  it('says in whole sentences what happened and what to do, and guesses at nothing said already', () => {
    const sentences = [text.message, text.hint, ...(text.cause === undefined ? [] : [text.cause])];
    for (const sentence of sentences) expect(sentence).toMatch(/^\p{Lu}[^!]+\.$/u);
    expect(new Set(sentences).size).toBe(sentences.length);
    // Where it is shown, “Likely cause” stands before it.
    expect(text.cause ?? '').not.toMatch(/likely/i);
  });
});

describe('the likely cause of an error', () => {
  const { cause } = errorTable.CONNECTION_REFUSED;

  it('is that of the table, with a hint of its own too', () => {
    expect(new AppError('CONNECTION_REFUSED').report().cause).toBe(cause);
    expect(new AppError('CONNECTION_REFUSED', { hint: 'Start it.' }).report().cause).toBe(cause);
  });

  it('goes with the message where that is replaced, unless one is given', () => {
    const message = 'Nobody listens at port 8200.';
    expect(new AppError('CONNECTION_REFUSED', { message }).report()).not.toHaveProperty('cause');
    expect(
      new AppError('CONNECTION_REFUSED', { message, likelyCause: 'It is 8201.' }).report().cause,
    ).toBe('It is 8201.');
  });

  it('is not the error that it comes of', () => {
    const reset = new Error('read ECONNRESET');
    const error = new AppError('CONNECTION_RESET', { cause: reset });
    expect(error.cause).toBe(reset);
    expect(error.report().cause).toBe(errorTable.CONNECTION_RESET.cause);
  });
});
