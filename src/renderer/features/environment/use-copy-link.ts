import { linkTo } from '@shared/model/place';
import { useStores } from '@renderer/app/stores';
import { writeText } from '@renderer/app/write-text';

/** Returns how to copy a link to an environment, or to a variable of it, for people who have it by the same name. */
export function useCopyLink(): (environment: string, variable?: string) => Promise<void> {
  const { announcements, client, workspaces } = useStores();
  return async (environment, variable) => {
    const { say } = announcements.getState();
    const { name: workspace } = workspaces.getState().current;
    try {
      await writeText(
        client,
        linkTo({
          page: 'environment',
          environment,
          workspace,
          ...(variable !== undefined && { variable }),
        }),
      );
      say('Link copied. It has names and no value.');
    } catch {
      say('The clipboard could not be written. Try again.', 'bad');
    }
  };
}
