/** The matrix detects the defects that it exists for. */
import { AppError, errorTable } from '@shared/errors';
import { expect, it } from 'vitest';
import type { SecretsProvider } from '@core/providers/provider';
import { asRevision } from '@core/secrets/revision';
import type { Row, Scene } from './matrix';
import { runRow } from './matrix';
import { markers, run } from './operations';
import { openVault, type VaultRow } from './vault-scene';
import { planV2 } from './vault-table';

const read: VaultRow = {
  fault: 'an error of its own',
  code: 'SERVER_ERROR',
  effect: { kind: 'answer', status: 500, body: { errors: [markers.body] } },
  operations: ['read'],
  moments: ['first'],
};

it('finds nothing where all is as the table says', async () => {
  expect(await runRow(planV2, read, openVault(2))).toEqual([]);
});

it('reports an expectation that is wrong', async () => {
  expect(await runRow(planV2, { ...read, code: 'SERVER_SEALED' }, openVault(2))).toEqual([
    'read first: said SERVER_ERROR, not SERVER_SEALED',
  ]);
});

/** Runs a row with a scene that was tampered with. */
const tampered = async (row: VaultRow, tamper: (scene: Scene) => Scene): Promise<string[]> =>
  runRow<Row & VaultRow>(planV2, row, async (...all) => tamper(await openVault(2)(...all)));

it('reports a store that was changed by a look', async () => {
  let looks = 0;
  const problems = await tampered(read, (scene) => ({
    ...scene,
    look: () => ({ looks: (looks += 1) }),
  }));
  expect(problems).toEqual([expect.stringMatching(/^read first: changed the store to/)]);
});

it('reports a change that was said to be done and was not', async () => {
  const row: VaultRow = { ...read, operations: ['write'], code: 'SERVER_ERROR' };
  const problems = await tampered(row, (scene) => ({ ...scene, hasHappened: () => false }));
  expect(problems).toEqual([expect.stringMatching(/^write first: left .*, having found/)]);
});

it('reports a change that cannot be asked for again', async () => {
  const row: VaultRow = { ...read, operations: ['write'] };
  const problems = await tampered(row, (scene) => ({ ...scene, repair: () => undefined }));
  expect(problems).toEqual([
    expect.stringMatching(/^write first: said SERVER_ERROR when asked again/),
  ]);
});

it('reports what a failure should have kept to itself', async () => {
  const talkative = {
    read: async () => {
      throw new AppError('SERVER_ERROR', {
        message: `${errorTable.SERVER_ERROR.message} ${markers.value}`,
      });
    },
  } as unknown as SecretsProvider;
  const problems = await tampered({ ...read, code: 'SERVER_ERROR' }, (scene) => ({
    ...scene,
    run: (operation) => run(talkative, operation, asRevision('1')),
  }));
  expect(problems).toEqual([expect.stringMatching(/^read first: showed MARKEDvalue in /)]);
});
