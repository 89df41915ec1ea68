import { Button } from '../components/button';
import { Dialog } from '../components/dialog';
import { useFeature, useStores } from './stores';

export function QuestionDialog() {
  const { questions } = useStores();
  const question = useFeature('questions', (state) => state.current);
  if (question === undefined) return null;
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
