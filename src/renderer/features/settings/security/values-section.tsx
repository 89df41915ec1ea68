/** Settings → Security: how long values are on the screen and on the clipboard. */
import { clipboardTimes, revealTimes } from '@shared/model/preferences';
import { useStore } from 'zustand';
import { useStores } from '@renderer/app/stores';
import { SegmentedChoice } from '@renderer/components/choice';
import { Section } from '@renderer/components/page';
import { Switch } from '@renderer/components/switch';

/** Linux has no way to leave a window out of screenshots. */
const canProtect = /Windows|Mac/.test(navigator.userAgent);

const timeText = (seconds: number): string =>
  seconds < 60 ? `${String(seconds)} seconds` : seconds === 60 ? '1 minute' : '5 minutes';

const optionsOf = (times: readonly number[]) =>
  times.map((time) => ({ value: String(time), label: timeText(time) }));

export function ValuesSection() {
  const { preferences, info } = useStores();
  const state = useStore(preferences);
  return (
    <Section title="Values">
      <SegmentedChoice
        label="Hide values after"
        value={String(state.hideAfterSeconds)}
        onChange={(value) => {
          const chosen = revealTimes.find((time) => String(time) === value);
          if (chosen !== undefined) state.setHideAfterSeconds(chosen);
        }}
        options={optionsOf(revealTimes)}
      />
      <Switch
        label="Hide on losing focus"
        isSelected={state.hidesOnBlur}
        onChange={state.setHidesOnBlur}
      />
      <SegmentedChoice
        label="Empty clipboard after"
        help={
          info.host === 'desktop'
            ? 'After you copy a value, unless you copy something else meanwhile.'
            : 'After you copy a value, if this page may read the clipboard.'
        }
        value={String(state.clearsClipboardAfterSeconds)}
        onChange={(value) => {
          const chosen = clipboardTimes.find((time) => String(time) === value);
          if (chosen !== undefined) state.setClearsClipboardAfterSeconds(chosen);
        }}
        options={optionsOf(clipboardTimes)}
      />
      {info.host === 'desktop' && canProtect ? (
        <Switch
          label="Keep out of screenshots"
          isSelected={state.protectsContent}
          onChange={state.setProtectsContent}
        />
      ) : null}
    </Section>
  );
}
