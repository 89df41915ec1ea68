import type { CommandId } from '@shared/commands';
import { useEffect, useRef } from 'react';
import { useStores } from './stores';

/** Offers a command while the component is mounted. Without `run` the command is not available now. */
export function useCommand(id: CommandId, run: (() => void) | undefined): void {
  const { commands } = useStores();
  const latest = useRef(run);
  const isOffered = run !== undefined;
  useEffect(() => {
    latest.current = run;
  });
  useEffect(
    () => (isOffered ? commands.getState().offer(id, () => latest.current?.()) : undefined),
    [commands, id, isOffered],
  );
}
