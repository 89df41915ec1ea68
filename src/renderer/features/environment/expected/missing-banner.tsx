/** Names the expected variables that are missing, with a button to add each of them. */
import { expectedWords, type ExpectedVariable } from '@shared/model/expected';
import { Plus } from 'lucide-react';
import { useStores } from '@renderer/app/stores';
import { Banner } from '@renderer/components/banner';
import { Button } from '@renderer/components/button';
import { Hint } from '@renderer/components/hint';
import { plural } from '@renderer/lib/format';

/** Keys that get a button each. */
const NAMED = 4;

const wordsOn = (rule: ExpectedVariable): string =>
  `It should be ${expectedWords(rule)}.${rule.note === undefined ? '' : ` ${rule.note}`}`;

interface Props {
  readonly missing: readonly ExpectedVariable[];
  readonly canAdd: boolean;
}

export function MissingBanner({ missing, canAdd }: Props) {
  const { environment, workspaces } = useStores();
  if (missing.length === 0) return null;
  const { addKeys } = environment.getState();
  const named = missing.slice(0, NAMED);
  const more = missing.length - named.length;
  return (
    <Banner
      tone="warn"
      title={`${plural(missing.length, 'expected variable')} ${missing.length === 1 ? 'is' : 'are'} missing`}
      action={
        <span className="flex shrink-0 flex-wrap justify-end gap-1.5">
          {missing.length === 1 ? null : (
            <Button
              size="sm"
              isDisabled={!canAdd}
              onPress={() => addKeys(missing.map(({ key }) => key))}
            >
              {`Add all ${String(missing.length)}`}
            </Button>
          )}
          <Button
            size="sm"
            variant="quiet"
            onPress={() => workspaces.getState().openDialog('expected')}
          >
            Rules…
          </Button>
        </span>
      }
    >
      <span className="inline-flex flex-wrap items-center gap-1.5 align-middle">
        {named.map((rule) => (
          <Hint key={rule.key} text={wordsOn(rule)}>
            <Button
              size="sm"
              isDisabled={!canAdd}
              aria-label={`Add ${rule.key}`}
              icon={<Plus aria-hidden className="size-3" />}
              onPress={() => addKeys([rule.key])}
            >
              <span className="min-w-0 truncate font-mono text-xs">{rule.key}</span>
            </Button>
          </Hint>
        ))}
        {more === 0 ? null : (
          <span className="text-xs text-text-2">{`and ${String(more)} more`}</span>
        )}
      </span>
    </Banner>
  );
}
