import { authorityOf, endpointOf } from '@core/network/endpoint';
import { passed, type Step } from '../../check/steps';
import type { CheckContext } from './context';

/** Where the calls go. What is no address has been refused by the form already. */
export const urlStep = ({ values }: CheckContext): Step => ({
  id: 'url',
  label: 'URL',
  run: () => {
    const endpoint = endpointOf(new URL(values.url));
    const scheme = endpoint.isTls ? 'https' : 'http';
    return Promise.resolve(passed(`${authorityOf(endpoint)} by ${scheme}, the API at /v1`));
  },
});
