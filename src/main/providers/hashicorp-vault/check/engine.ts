import type { CheckContext } from './context';
import { passed, type Step } from './run-steps';

/** Finds out what is mounted at Engine Path. */
export const engineStep = ({ values, detectEngine }: CheckContext): Step => ({
  id: 'engine',
  label: 'Engine',
  run: async (signal) => {
    const { version } = await detectEngine(signal);
    return passed(`KV v${String(version)} at ${values.enginePath}`);
  },
});
