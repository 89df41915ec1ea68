import type { Runtime } from '@core/runtime';
import { startCore, type TestCore } from '../support/core';

/** Several cores, as on several computers. */
export async function cores(
  count: number,
  connect: (core: TestCore) => Promise<unknown>,
  runtime?: () => Runtime,
): Promise<[TestCore, ...TestCore[]]> {
  const start = async (): Promise<TestCore> => {
    const core = await startCore(runtime?.());
    await connect(core);
    return core;
  };
  const first = await start();
  return [first, ...(await Promise.all(Array.from({ length: count - 1 }, start)))];
}
