import { useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { writeText } from '@renderer/app/write-text';
import { plural } from '@renderer/lib/format';
import { namesText, type CopyForm } from './copy-forms';
import type { Row } from './draft';

/** Returns how to copy rows in one of the forms, and say so. */
export function useCopyRows(): (rows: readonly Row[], form: CopyForm) => Promise<void> {
  const { client, environment, announcements } = useStores();
  return async (rows, form) => {
    if (form !== 'key' && form !== 'reference') {
      return environment.getState().copyRows(rows, form);
    }
    const name = environment.getState().data?.environment.name ?? '';
    const keys = rows.map(({ key }) => key);
    try {
      await writeText(client, namesText(form, name, keys));
      announcements.getState().say(`${plural(keys.length, form)} copied.`);
    } catch (error) {
      announcements.getState().say(thrownLine(error), 'bad');
    }
  };
}
