import { Button } from '../components/button';
import { Dialog } from '../components/dialog';
import type { Question } from './questions';
import { useStores } from './stores';

export function QuestionDialog({ question }: { readonly question: Question }) {
  const { questions } = useStores();
  const { answer } = questions.getState();
  return (
    <Dialog
      isOpen
      role="alertdialog"
      title={question.title}
      onClose={() => answer(undefined)}
      actions={
        <>
          <Button variant="quiet" onPress={() => answer(undefined)}>
            Cancel
          </Button>
          {question.answers.map(({ id, label, variant = 'default' }) => (
            <Button key={id} variant={variant} onPress={() => answer(id)}>
              {label}
            </Button>
          ))}
        </>
      }
    >
      <p className="text-text-2">{question.text}</p>
    </Dialog>
  );
}
