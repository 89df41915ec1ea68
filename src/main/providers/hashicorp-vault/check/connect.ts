import { connect } from 'node:net';
import { withDeadline } from '../../deadline';
import type { CheckContext } from './context';
import { passed, type Step } from './run-steps';
import { endpointOf, withSocket } from './socket';

/** Finds the name and opens a connection to the port. */
export const connectStep = ({ values, deadlineMs }: CheckContext): Step => ({
  id: 'connect',
  label: 'Name and port',
  run: async (signal) => {
    const { host, port } = endpointOf(values.url);
    return withDeadline(signal, deadlineMs, (either) =>
      withSocket(connect({ host, port }), 'connect', either, (socket) =>
        passed(`${socket.remoteAddress ?? host}, port ${String(port)}`),
      ),
    );
  },
});
