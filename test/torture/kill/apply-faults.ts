/** Kills at a request to a stand-in, before or after the stand-in has carried it out. */
import type { SecretsManagerServer } from '../../servers/secrets-manager/server';
import type { VaultServer } from '../../servers/vault/server';

export interface MatchedFaults {
  /** At the request of this number from now on, `kill` is called; the request gets no answer. */
  readonly atRequest?: (number: number, applied: boolean, kill: () => void) => void;
  clear(): void;
}

export const noFaults: MatchedFaults = { clear: () => undefined };

export const vaultFaults = ({ faults }: VaultServer): MatchedFaults => ({
  atRequest: (number, applied, kill) => {
    let left = number;
    const match = (): boolean => {
      left -= 1;
      if (left === 0) kill();
      return left === 0;
    };
    faults.add({ match, times: 1, effect: { kind: 'drop', applied } });
  },
  clear: () => {
    faults.clear();
  },
});

export function awsFaults({ faults }: SecretsManagerServer): MatchedFaults {
  let release = (): void => undefined;
  return {
    atRequest: (number, applied, kill) => {
      const hold = faults.hold({ skip: number - 1, applied });
      release = () => {
        hold.release();
      };
      void hold.reached.then(kill);
    },
    clear: () => {
      release();
      faults.clear();
    },
  };
}
