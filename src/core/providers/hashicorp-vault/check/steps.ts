import { networkSteps } from '../../check/network';
import type { Step } from '../../check/steps';
import { authenticationStep } from './authentication';
import type { CheckContext } from './context';
import { engineStep } from './engine';
import { healthStep } from './health';
import { permissionsStep } from './permissions';
import { urlStep } from './url';

/** Milliseconds for each step on the way to the server. Packets that a firewall drops are never answered. */
const CONNECT_MS = 5000;

/** In the order in which a connection is built up: a later one means little before the earlier passed. */
export const checkSteps = (context: CheckContext): readonly Step[] => [
  urlStep(context),
  ...networkSteps({
    url: async () => new URL(context.values.url),
    field: 'url',
    network: context.network,
    runtime: context.client.runtime,
    deadlineMs: Math.min(context.deadlineMs, CONNECT_MS),
  }),
  healthStep(context),
  authenticationStep(context),
  engineStep(context),
  permissionsStep(context),
];
