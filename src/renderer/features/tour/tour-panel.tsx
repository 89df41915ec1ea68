/** The panel of the tour, below the page that it explains. The page can be used meanwhile. */
import { FlaskConical } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { useCommand } from '../../app/use-command';
import { thrownLine } from '../../app/thrown-line';
import { shortcutOf } from '../../app/shortcuts';
import { useFeature, useStores } from '../../app/stores';
import { Button } from '../../components/button';
import { CodeBlock } from '../../components/code-block';
import { RichText } from '../../components/rich-text';
import { TextLink } from '../../components/text-link';
import { TOUR_COMPARED, TOUR_ENVIRONMENT, tourSteps, type TourStep } from './steps';

export function TourPanel() {
  const { announcements, tour, workspaces } = useStores();
  const { openSample } = workspaces.getState();
  const isOffered = useFeature('tour', (state) => state.isOffered);
  const step = useFeature('tour', (state) => state.step);
  useCommand('tour', () => {
    if (isOffered) tour.getState().call();
    else
      openSample().catch((error: unknown) =>
        announcements.getState().say(thrownLine(error), 'bad'),
      );
  });
  useCommand(
    'remove-samples',
    isOffered ? () => void workspaces.getState().removeSample() : undefined,
  );
  if (!isOffered) return null;
  return step === undefined ? <Left /> : <Coach at={step} />;
}

/** What remains after the tour was left. */
function Left() {
  const { tour } = useStores();
  return (
    <section
      aria-label="Sample data"
      className="flex flex-wrap items-center gap-x-3 gap-y-1.5 border-t border-line bg-raised px-5 py-2"
    >
      <FlaskConical aria-hidden className="size-4 shrink-0 text-text-3" />
      <p className="min-w-40 flex-1 text-text-2">
        This workspace has sample data, on this computer only.
      </p>
      <Button size="sm" variant="quiet" onPress={() => tour.getState().call()}>
        Take the tour again
      </Button>
      <RemoveButton />
    </section>
  );
}

function RemoveButton({ variant = 'default' }: { readonly variant?: 'default' | 'primary' }) {
  const { workspaces } = useStores();
  return (
    <Button size="sm" variant={variant} onPress={() => void workspaces.getState().removeSample()}>
      Remove the sample data
    </Button>
  );
}

function Coach({ at }: { readonly at: number }) {
  const { tour, help } = useStores();
  const name = useFeature('workspaces', ({ current }) => current.name);
  const calls = useFeature('tour', (state) => state.calls);
  const steps = tourSteps(name);
  const step = steps[at];
  const isLast = at === steps.length - 1;
  useTourPage(step?.page);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.stopPropagation();
    tour.getState().leave();
  };
  if (step === undefined) return null;
  return (
    // Escape leaves the tour from anywhere inside.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <section
      aria-label="Tour"
      onKeyDown={onKeyDown}
      className="flex max-h-2/3 shrink-0 flex-wrap items-end gap-x-6 gap-y-2 overflow-y-auto border-t-2 border-brass-fill bg-raised px-5 py-3"
    >
      <div aria-live="polite" className="flex min-w-[min(100%,30rem)] flex-1 flex-col gap-1">
        <p className="text-xs text-text-2 tabular-nums">
          Step {at + 1} of {steps.length}
        </p>
        {/* Between steps the focus stays on the button. The last step has another one there, which nobody must press by habit. */}
        <FocusedTitle key={`${String(calls)} ${String(isLast)}`}>{step.title}</FocusedTitle>
        <p className="max-w-180 text-text-2">
          <RichText text={step.text} />
        </p>
        {step.command === undefined ? null : (
          <>
            <CodeBlock code={step.command} label="Command" />
            <p>
              <TextLink onPress={() => help.getState().show({ chapter: 'run-and-inject' })}>
                More about programs and files
              </TextLink>
            </p>
          </>
        )}
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" variant="quiet" onPress={() => tour.getState().leave()}>
          {isLast ? 'Keep the sample data' : 'Leave the tour'}
        </Button>
        {at === 0 ? null : (
          <Button size="sm" onPress={() => tour.getState().go(at - 1)}>
            Back
          </Button>
        )}
        {isLast ? (
          <RemoveButton variant="primary" />
        ) : (
          <Button size="sm" variant="primary" onPress={() => tour.getState().go(at + 1)}>
            Next
          </Button>
        )}
      </div>
      <p className="basis-full text-2xs text-text-3">
        {shortcutOf('tour')} goes to this panel. Esc leaves the tour.
      </p>
    </section>
  );
}

/** Takes the focus when it is made. */
function FocusedTitle({ children }: { readonly children: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h2 ref={heading} tabIndex={-1} className="font-semibold outline-none">
      {children}
    </h2>
  );
}

/** Goes to the page of a step when the step begins. */
function useTourPage(page: TourStep['page'] | undefined): void {
  const { compare, environments, navigation } = useStores();
  useEffect(() => {
    const { list } = environments.getState();
    const idsOf = (names: readonly string[]): readonly string[] =>
      names.flatMap((name) => list.find((one) => one.name === name)?.id ?? []);
    if (page === 'compare') {
      void compare.getState().choose(idsOf(TOUR_COMPARED));
      navigation.getState().go({ screen: 'compare' });
    }
    const [id] = idsOf([TOUR_ENVIRONMENT]);
    if (page === 'environment' && id !== undefined) {
      navigation.getState().go({ screen: 'environment', id });
    }
  }, [page, compare, environments, navigation]);
}
