import type { CheckContext } from './context';
import { passed, type Step } from '../../check/steps';

/** Finds out what is mounted at Engine Path. */
export const engineStep = ({ values, findEngine }: CheckContext): Step => ({
  id: 'engine',
  label: 'Engine',
  run: async (signal) => {
    const { version } = await findEngine(signal);
    return passed(`KV v${String(version)} at ${values.enginePath}`);
  },
});
