/** Proposes rules for variables that are hardly secrets, once for a workspace: with the first pull that brings some. */
import { listOf } from '@shared/model/format';
import { matchesOf, suggestedPatterns } from '@shared/model/plain-patterns';
import type { Variable } from '@shared/model/variable';
import { useMemo } from 'react';
import { useFeature, useStores } from '@renderer/app/stores';
import { thrownLine } from '@renderer/app/thrown-line';
import { Banner } from '@renderer/components/banner';
import { Button } from '@renderer/components/button';
import { plural } from '@renderer/lib/format';

const NAMED = 3;

export function PlainProposal({ variables }: { readonly variables: readonly Variable[] }) {
  const decided = useFeature('workspaces', ({ current }) => current.plainPatterns !== undefined);
  return decided ? null : <Proposal variables={variables} />;
}

function Proposal({ variables }: { readonly variables: readonly Variable[] }) {
  const { workspaces, environment, announcements } = useStores();
  const matches = useMemo(() => matchesOf(suggestedPatterns, variables), [variables]);
  const keys = matches.flatMap((match) => match.keys);
  if (keys.length === 0) return null;

  const decide = async (patterns: readonly string[]): Promise<void> => {
    try {
      await workspaces.getState().setPlainPatterns(patterns);
      await environment.getState().refresh();
    } catch (error) {
      announcements.getState().say(thrownLine(error), 'bad');
    }
  };
  const named = keys.slice(0, NAMED);
  const more = keys.length - named.length;
  return (
    <Banner
      tone="info"
      title={`${plural(keys.length, 'variable')} may not be secret`}
      action={
        <span className="flex shrink-0 flex-wrap justify-end gap-1.5">
          <Button size="sm" onPress={() => void decide(matches.map(({ pattern }) => pattern))}>
            {keys.length === 1 ? 'Show it' : 'Show them'}
          </Button>
          <Button
            size="sm"
            variant="quiet"
            onPress={() => workspaces.getState().openDialog('plain')}
          >
            Rules…
          </Button>
          <Button size="sm" variant="quiet" onPress={() => void decide([])}>
            Keep hidden
          </Button>
        </span>
      }
    >
      <span className="font-mono text-xs">
        {listOf(more > 0 ? [...named, `${String(more)} more`] : named)}
      </span>
    </Banner>
  );
}
