/** What the audit is narrowed down to. */
import {
  auditDecisions,
  auditEvents,
  type AuditEvent,
  type AuditFilter,
} from '@shared/model/audit';
import { ChevronDown } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { MenuTrigger, type Selection } from 'react-aria-components';
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { Menu, MenuItem, MenuLine } from '@renderer/components/menu';
import { SearchField } from '@renderer/components/search-field';
import { decisionWords, eventWords, shown } from './words';

const TYPING_ENDS_MS = 200;
const ANY = 'any';

export function AuditFilters() {
  const { audit } = useStores();
  const filter = useFeature('audit', (state) => state.filter);
  const grants = useFeature('audit', (state) => state.grants);
  const change = (changes: AuditFilter): void =>
    void audit.getState().setFilter({ ...audit.getState().filter, ...changes });
  return (
    <>
      <TextFilter onChange={(text) => change({ text: text.trim() === '' ? undefined : text })} />
      <EventFilter
        chosen={filter.events ?? []}
        onChange={(events) => change({ events: events.length === 0 ? undefined : [...events] })}
      />
      {grants.size === 0 ? null : (
        <OneOf
          label="grant"
          any="Any grant"
          options={[...grants].map(([id, name]) => ({ id, words: shown(name) }))}
          chosen={filter.grant}
          onChange={(grant) => change({ grant })}
        />
      )}
      <OneOf
        label="decision"
        any="Any decision"
        options={auditDecisions.map((id) => ({ id, words: decisionWords[id] }))}
        chosen={filter.decision}
        onChange={(id) => change({ decision: auditDecisions.find((each) => each === id) })}
      />
    </>
  );
}

/** Asks once typing pauses. */
function TextFilter({ onChange }: { readonly onChange: (text: string) => void }) {
  const { audit } = useStores();
  const [text, setText] = useState(() => audit.getState().filter.text ?? '');
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <SearchField
      label="Filter the audit"
      placeholder="Host, path or reason"
      value={text}
      onChange={(next) => {
        setText(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => onChange(next), TYPING_ENDS_MS);
      }}
      className="w-56 min-w-0"
    />
  );
}

function EventFilter({
  chosen,
  onChange,
}: {
  readonly chosen: readonly AuditEvent[];
  readonly onChange: (events: readonly AuditEvent[]) => void;
}) {
  const [first] = chosen;
  const choose = (keys: Selection): void =>
    onChange(auditEvents.filter((event) => keys === 'all' || keys.has(event)));
  const words =
    first === undefined
      ? 'Any event'
      : chosen.length === 1
        ? eventWords[first]
        : `${String(chosen.length)} events`;
  return (
    <MenuTrigger>
      <Button aria-label={`Filter by event: ${words}`}>
        {words}
        <ChevronDown aria-hidden className="size-3.5 text-text-3" />
      </Button>
      <Menu
        aria-label="Events"
        placement="bottom start"
        selectionMode="multiple"
        selectedKeys={[...chosen]}
        onSelectionChange={choose}
      >
        {auditEvents.map((event) => (
          <MenuItem key={event} id={event}>
            {eventWords[event]}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}

interface OneOfProps {
  readonly label: string;
  readonly any: string;
  readonly options: readonly { readonly id: string; readonly words: string }[];
  readonly chosen: string | undefined;
  readonly onChange: (id: string | undefined) => void;
}

function OneOf({ label, any, options, chosen, onChange }: OneOfProps) {
  const words = options.find(({ id }) => id === chosen)?.words ?? any;
  return (
    <MenuTrigger>
      <Button aria-label={`Filter by ${label}: ${words}`} className="max-w-48">
        <span className="min-w-0 truncate">{words}</span>
        <ChevronDown aria-hidden className="size-3.5 shrink-0 text-text-3" />
      </Button>
      <Menu
        aria-label={any}
        placement="bottom start"
        selectionMode="single"
        disallowEmptySelection
        selectedKeys={[chosen ?? ANY]}
        onSelectionChange={(keys) =>
          onChange(options.find(({ id }) => keys !== 'all' && keys.has(id))?.id)
        }
      >
        <MenuItem id={ANY}>{any}</MenuItem>
        <MenuLine />
        {options.map(({ id, words: text }) => (
          <MenuItem key={id} id={id}>
            {text}
          </MenuItem>
        ))}
      </Menu>
    </MenuTrigger>
  );
}
