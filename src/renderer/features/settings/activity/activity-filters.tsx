/** What the log is narrowed down to. */
import { activityActions, activityOutcomes, type ActivityFilter } from '@shared/model/activity';
import { ChevronDown } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { MenuTrigger, type Selection } from 'react-aria-components';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { Menu, MenuItem, MenuLine } from '@renderer/components/menu';
import { SearchField } from '@renderer/components/search-field';
import { actionWords, outcomeWords } from './words';

const TYPING_ENDS_MS = 200;
const ANY = 'any';

export function ActivityFilters() {
  const { activity } = useStores();
  const filter = useFeature('activity', (state) => state.filter);
  const change = (changes: ActivityFilter): void =>
    void activity.getState().setFilter({ ...activity.getState().filter, ...changes });
  return (
    <>
      <TextFilter onChange={(text) => change({ text: text.trim() === '' ? undefined : text })} />
      <ActionFilter
        chosen={filter.actions ?? []}
        onChange={(actions) => change({ actions: actions.length === 0 ? undefined : [...actions] })}
      />
      <OutcomeFilter chosen={filter.outcome} onChange={(outcome) => change({ outcome })} />
    </>
  );
}

/** Asks once typing pauses. */
function TextFilter({ onChange }: { readonly onChange: (text: string) => void }) {
  const { activity } = useStores();
  const [text, setText] = useState(() => activity.getState().filter.text ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <SearchField
      label="Filter activity"
      placeholder="Environment, detail, caller …"
      value={text}
      onChange={(next) => {
        setText(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onChange(next), TYPING_ENDS_MS);
      }}
      className="w-64 min-w-0"
    />
  );
}

type Action = (typeof activityActions)[number];
type Outcome = (typeof activityOutcomes)[number];

function ActionFilter({
  chosen,
  onChange,
}: {
  readonly chosen: readonly Action[];
  readonly onChange: (actions: readonly Action[]) => void;
}) {
  const [first] = chosen;
  const choose = (keys: Selection): void =>
    onChange(activityActions.filter((action) => keys === 'all' || keys.has(action)));
  const words =
    first === undefined
      ? 'Any action'
      : chosen.length === 1
        ? actionWords[first]
        : `${String(chosen.length)} actions`;
  return (
    <MenuTrigger>
      <Button aria-label={`Filter by action: ${words}`}>
        {words}
        <ChevronDown aria-hidden className="size-3.5 text-text-3" />
      </Button>
      <Menu
        aria-label="Actions"
        placement="bottom start"
        selectionMode="multiple"
        selectedKeys={[...chosen]}
        onSelectionChange={choose}
      >
        {activityActions.map((action) => (
          <MenuItem key={action} id={action}>
            {actionWords[action]}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}

function OutcomeFilter({
  chosen,
  onChange,
}: {
  readonly chosen: Outcome | undefined;
  readonly onChange: (outcome: Outcome | undefined) => void;
}) {
  const words = chosen === undefined ? 'Any outcome' : outcomeWords[chosen];
  return (
    <MenuTrigger>
      <Button aria-label={`Filter by outcome: ${words}`}>
        {words}
        <ChevronDown aria-hidden className="size-3.5 text-text-3" />
      </Button>
      <Menu
        aria-label="Outcomes"
        placement="bottom start"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[chosen ?? ANY]}
        onSelectionChange={(keys) =>
          onChange(activityOutcomes.find((outcome) => keys !== 'all' && keys.has(outcome)))
        }
      >
        <MenuItem id={ANY}>Any outcome</MenuItem>
        <MenuLine />
        {activityOutcomes.map((outcome) => (
          <MenuItem key={outcome} id={outcome}>
            {outcomeWords[outcome]}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
