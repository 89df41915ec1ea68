import { useStores } from '@renderer/app/stores';
import { copiedNote, stayOf } from '@renderer/lib/copied-note';
import { copyForAWhile } from './clipboard';

/** Returns how to copy a text that may contain values, and say what becomes of it. Resolves with whether it worked. */
export function useCopyText(): (text: string) => Promise<boolean> {
  const { client, announcements } = useStores();
  return async (text) => {
    try {
      const copied = await client.app.copySecret({ text });
      const clears =
        copied.by === 'window' && (await copyForAWhile(copied.value, copied.clearsAfterMs));
      announcements.getState().say(`Copied. ${copiedNote(stayOf(copied, clears))}`);
      return true;
    } catch {
      announcements.getState().say('The clipboard could not be written. Try again.', 'bad');
      return false;
    }
  };
}
