import { authorityOf, endpointOf } from '@core/network/endpoint';
import { passed, type Step } from '../../check/steps';
import type { CheckContext } from './context';

/** Where the calls go. What is no address has been refused by the form already. */
export const urlStep = ({ values }: CheckContext): Step => ({
  id: 'url',
  label: 'URL',
  run: () => {
    const url = new URL(values.url);
    const endpoint = endpointOf(url);
    const scheme = endpoint.isTls ? 'https' : 'http';
    const path = url.pathname === '/' ? '' : url.pathname;
    return Promise.resolve(passed(`${authorityOf(endpoint)} by ${scheme}, the API at ${path}/v1`));
  },
});
