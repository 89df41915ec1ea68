import { AppError, isAppError } from '@shared/errors';
import { passed, warned, type Step, type StepResult } from '../../check/steps';
import { fromIgnoredNamespace, type CertainSuggestion } from '../engine-suggestion';
import type { KvVersion } from '../mounts';
import type { CheckContext } from './context';

const override = (chosen: KvVersion, says: string): AppError =>
  new AppError('INVALID_CONFIGURATION', {
    message: `KV version is set to ${String(chosen)}, and the server says otherwise: ${says}.`,
    hint: 'Set KV version back to Automatic, unless you know better than the server.',
    details: { field: 'kvVersion' },
  });

/** With the version chosen in the form, what the server says is still worth knowing. */
async function compare(
  { values, detectVersion }: CheckContext,
  chosen: KvVersion,
  signal: AbortSignal,
): Promise<StepResult> {
  const detail = `KV v${String(chosen)} at ${values.enginePath}, as chosen`;
  try {
    const found = await detectVersion(signal);
    return found === chosen
      ? passed(detail)
      : warned(detail, override(chosen, `KV v${String(found)}`));
  } catch (error) {
    // Not to be told by the server is what the choice is for.
    if (isAppError(error, 'PERMISSION_DENIED'))
      return passed(`${detail}: the server does not tell`);
    if (isAppError(error, 'ENGINE_NOT_KV')) {
      return warned(detail, override(chosen, 'no KV engine at all'));
    }
    throw error;
  }
}

/** There is an engine at Engine Path, and another one where the namespace that is left aside has it. */
const otherEngine = ({ message, likelyCause, path }: CertainSuggestion): AppError =>
  new AppError('INVALID_CONFIGURATION', {
    message,
    likelyCause,
    hint: `If you mean the engine in that namespace, enter ${path} as Engine Path. Otherwise all is well.`,
    details: { field: 'enginePath', suggestion: path },
  });

/** Finds out what is mounted at Engine Path. */
export const engineStep = (context: CheckContext): Step => ({
  id: 'engine',
  label: 'Engine',
  run: async (signal) => {
    const { values, findEngine } = context;
    const { version } = await findEngine(signal);
    if (values.kvVersion !== 'auto') return compare(context, version, signal);
    const detail = `KV v${String(version)} at ${values.enginePath}`;
    const other = await fromIgnoredNamespace(context.openApi(), values, signal);
    return other === undefined ? passed(detail) : warned(detail, otherEngine(other));
  },
});
