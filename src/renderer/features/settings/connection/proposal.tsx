/** Settings that other tools use on this computer, to fill a form with that was never saved. */
import { useFeature, useStores } from '@renderer/app/stores';
import { Button } from '@renderer/components/button';
import { Card } from '@renderer/components/card';
import { proposalToUse } from './store';

export function Proposal() {
  const { connection } = useStores();
  const proposal = useFeature('connection', proposalToUse);
  if (proposal === undefined) return null;
  return (
    <Card
      tone="info"
      title="Settings found on this computer"
      actions={
        <Button size="sm" onPress={() => connection.getState().takeProposal()}>
          Use them
        </Button>
      }
    >
      <p className="text-text-2">
        From {proposal.from.join(', ')}. Nothing is sent before you test or save.
      </p>
    </Card>
  );
}
