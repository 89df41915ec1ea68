import { download } from '../../lib/download';
import type { Stores } from '../create-stores';
import type { Events } from './events';

export function onActivityExported(events: Events, { announcements }: Stores): void {
  events.activity.onExported.connect((text, fileName) => {
    download(text, fileName, 'application/x-ndjson');
    announcements.getState().say(`${fileName} written to your downloads.`);
  });
}
