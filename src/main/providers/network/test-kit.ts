/** Shorthands of the suites: networks, and files that a test needs for a moment. */
import { networkDefaults, type NetworkValues } from '@shared/providers/network';
import { Secret } from '../../secrets/secret';
import { Network } from './network';
import type { SystemProxy } from './system-proxy';

interface More {
  readonly verifySsl?: boolean;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly systemProxy?: SystemProxy;
}

/** The straight way, unless the values say otherwise. */
export const networkOf = (
  values: Partial<NetworkValues> = {},
  { verifySsl = true, credentials = {}, systemProxy = async () => undefined }: More = {},
): Network =>
  new Network(
    {
      values: { ...networkDefaults, ...values },
      credentials: Object.fromEntries(
        Object.entries(credentials).map(([name, text]) => [name, new Secret(text)]),
      ),
      verifySsl,
    },
    systemProxy,
  );
