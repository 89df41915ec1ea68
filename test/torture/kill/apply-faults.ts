/** Kills at a request to a stand-in, before or after the stand-in has carried it out. */
import type { Faults as AwsFaults } from '../../servers/aws/faults';
import type { Faults, FaultTarget } from '../../servers/faults';

export interface MatchedFaults {
  /** At the request of this number from now on, `kill` is called; the request gets no answer. */
  readonly atRequest?: (number: number, applied: boolean, kill: () => void) => void;
  clear(): void;
}

export const noFaults: MatchedFaults = { clear: () => undefined };

/** @param counts Whether a request counts. Default: all do. */
export const httpFaults = <T extends FaultTarget>(
  faults: Faults<T>,
  counts: (request: T) => boolean = () => true,
): MatchedFaults => ({
  atRequest: (number, applied, kill) => {
    let left = number;
    const match = (request: T): boolean => {
      if (!counts(request)) return false;
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

export function awsFaults(faults: Pick<AwsFaults<never>, 'hold' | 'clear'>): MatchedFaults {
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
