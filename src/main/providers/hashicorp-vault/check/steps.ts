import type { CheckContext } from './context';
import { authenticationStep } from './authentication';
import { connectStep } from './connect';
import { engineStep } from './engine';
import { healthStep } from './health';
import { permissionsStep } from './permissions';
import type { Step } from './run-steps';
import { tlsStep } from './tls';

/** In the order in which a connection is built up: a later one means little before the earlier passed. */
export const checkSteps = (context: CheckContext): readonly Step[] => [
  connectStep(context),
  tlsStep(context),
  healthStep(context),
  authenticationStep(context),
  engineStep(context),
  permissionsStep(context),
];
