import { X } from 'lucide-react';
import { IconButton } from '../components/button';
import { tones } from '../components/tone';
import { useBottomBars } from '../lib/bottom-bars';
import { cx } from '../lib/class-names';
import { useFeature, useStores } from './stores';

/**
 * The current announcement, near the bottom of the page and above the bar with buttons, if there is one. Tables end with
 * space for it, and what is under it can be clicked. The region is always in the page, so that assistive technology reads
 * out what appears in it.
 */
export function AnnouncementBar() {
  const { announcements } = useStores();
  const current = useFeature('announcements', (state) => state.current);
  const bars = useBottomBars();
  const tone = tones[current?.tone ?? 'info'];
  const Icon = tone.icon;
  return (
    <output
      aria-label="Announcements"
      style={{ bottom: `calc(${String(bars)}px + 0.5rem)` }}
      className="pointer-events-none absolute inset-x-0 z-20 flex justify-center px-4"
    >
      {current === undefined ? null : (
        <div
          key={current.id}
          className="flex max-w-full items-center gap-2 rounded-md border border-line-strong bg-raised py-1 pr-1 pl-3 shadow-overlay"
        >
          <Icon aria-hidden className={cx('size-4 shrink-0', tone.text)} />
          <span className="min-w-0 break-words">{current.text}</span>
          <IconButton
            size="sm"
            label="Dismiss"
            className="pointer-events-auto"
            onPress={() => announcements.getState().dismiss()}
          >
            <X aria-hidden className="size-3.5" />
          </IconButton>
        </div>
      )}
    </output>
  );
}
