import { download } from '../../lib/download';
import type { Stores } from '../create-stores';
import type { Events } from './events';

export function onAuditExported(events: Events, { announcements }: Stores): void {
  events.audit.onExported.connect((text, fileName, type) => {
    download(text, fileName, type);
    announcements.getState().say(`${fileName} written to your downloads.`);
  });
}
