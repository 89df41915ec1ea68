import type { GrantSettings } from '@shared/model/grant';
import { Chip } from '../../components/chip';
import { injectionLines } from './injection-lines';
import { secretLabel } from './words';

interface Props {
  readonly settings: GrantSettings;
  readonly secrets: readonly string[];
}

/** What a grant adds to each request: names and texts, and a mark in place of each secret. */
export const InjectionList = ({ settings, secrets }: Props) => (
  <ul
    aria-label="Added to each request"
    className="flex flex-col rounded-md border border-line bg-raised"
  >
    {injectionLines(settings, secrets).map(({ place, name, parts }) => (
      <li
        key={`${place} ${name}`}
        className="flex min-w-0 flex-wrap items-center gap-x-1.5 border-b border-line px-2.5 py-1 font-mono text-xs last:border-b-0"
      >
        <span className="font-semibold break-all">
          {place === 'query' ? `?${name}=` : `${name}:`}
        </span>
        <span className="flex min-w-0 flex-wrap items-center break-all whitespace-pre-wrap">
          {parts.map((part, at) =>
            part.secret === undefined ? (
              // The parts are a text in order; their place is their identity.
              // oxlint-disable-next-line react/no-array-index-key
              <span key={at}>{part.text}</span>
            ) : (
              // oxlint-disable-next-line react/no-array-index-key
              <Chip key={at} tone="secret">
                {secretLabel(part.secret, settings)}
              </Chip>
            ),
          )}
        </span>
      </li>
    ))}
  </ul>
);
