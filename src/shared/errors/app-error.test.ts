import { describe, expect, it } from 'vitest';
import { errorReportSchema } from '../model/error-report';
import { AppError, errorTable } from './index';

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

describe('the remedy of an error', () => {
  const field = 'sessionToken';

  it('is that of the table, unless the thrower has another', () => {
    expect(new AppError('TOKEN_INVALID').report().remedy).toEqual(errorTable.TOKEN_INVALID.remedy);
    const remedy = { run: 'aws login' };
    expect(new AppError('TOKEN_INVALID', { remedy }).report().remedy).toEqual(remedy);
    expect(new AppError('SERVER_SEALED').report()).not.toHaveProperty('remedy');
  });

  it('leads to the field that is at fault', () => {
    const error = new AppError('CREDENTIALS_EXPIRED', { details: { field } });
    expect(error.report().remedy).toEqual({ open: 'connection', field });
    expect(new AppError('KEY_ID_UNKNOWN', { details: { field } }).remedy).toEqual({
      open: 'connection',
      field,
    });
  });

  it('is not led astray by a field of another form', () => {
    expect(new AppError('ALREADY_EXISTS', { details: { field: 'path' } }).remedy).toBeUndefined();
    expect(new AppError('CONFLICT', { details: { field: 'KEY' } }).remedy).toEqual({ do: 'pull' });
  });

  it('crosses to the window with its report', () => {
    for (const error of [
      new AppError('TOKEN_INVALID'),
      new AppError('KEY_LOCKED'),
      new AppError('SSO_LOGIN_NEEDED'),
      new AppError('SERVER_SEALED'),
    ]) {
      const report = error.report();
      expect(errorReportSchema.parse(structuredClone(report))).toEqual(report);
    }
    const other = { ...new AppError('KEY_LOCKED').report(), remedy: { do: 'format the disk' } };
    expect(errorReportSchema.safeParse(other).success).toBe(false);
  });
});
