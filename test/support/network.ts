import { networkDefaults } from '@shared/providers/facts/network';
import type { NetworkValues } from '@shared/providers/network';
import { Secret } from '@core/secrets/secret';
import { systemRuntime } from '@core/runtime';
import { Network } from '@core/network/network';
import type { SystemProxy } from '@core/network/system-proxy';

export interface NetworkExtras {
  readonly verifySsl?: boolean;
  readonly credentials?: Readonly<Record<string, string>>;
  readonly systemProxy?: SystemProxy;
}

/** The straight way, unless the values say otherwise. */
export const networkOf = (
  values: Partial<NetworkValues> = {},
  { verifySsl = true, credentials = {}, systemProxy = async () => undefined }: NetworkExtras = {},
): Network =>
  new Network(
    {
      values: { ...networkDefaults, ...values },
      credentials: Object.fromEntries(
        Object.entries(credentials).map(([name, text]) => [name, new Secret(text)]),
      ),
      verifySsl,
    },
    { runtime: systemRuntime, systemProxy },
  );
