/** The steps of the tour, which takes about a minute. */
import { shortcutOf } from '../../app/shortcuts';

export interface TourStep {
  readonly title: string;
  /** May have `code` and **bold**. */
  readonly text: string;
  /** The page that the step is about. */
  readonly page: 'environment' | 'compare';
  /** A command for a terminal. */
  readonly command?: string;
}

/** The environment of the samples that the tour is about. */
export const TOUR_ENVIRONMENT = 'production';
export const TOUR_COMPARED = ['development', 'staging', TOUR_ENVIRONMENT];

const key = (command: Parameters<typeof shortcutOf>[0]): string => shortcutOf(command) ?? '';

export const tourSteps = (workspace: string): readonly TourStep[] => [
  {
    title: 'Open an environment',
    text: 'An environment is a named set of variables. The sidebar lists all of them, and **production** is open. Plain values are shown; secret values are hidden.',
    page: 'environment',
  },
  {
    title: 'Reveal a value',
    text: `Select the row of \`SESSION_SECRET\` and press **${key('reveal')}**, or choose **Reveal** in the row. The value is hidden again after a minute, and when the window loses focus.`,
    page: 'environment',
  },
  {
    title: 'Edit and save',
    text: `Select the value of \`LOG_LEVEL\`, press **Enter**, type \`info\` and press **Enter** again. Nothing is written until you save with **${key('save')}**, and the review shows what a save writes.`,
    page: 'environment',
  },
  {
    title: 'Compare environments',
    text: 'Each row says which environments have a key, and whether the values are equal. The values themselves stay hidden. You can copy a missing key from another environment, as an unsaved edit.',
    page: 'compare',
  },
  {
    title: 'Go back',
    text: `**${key('undo')}** takes an edit back, and **Discard** takes back all of them. With HashiCorp Vault or AWS Secrets Manager, **History** in the menu **…** lists every version, and restores one variable or the whole environment.`,
    page: 'environment',
  },
  {
    title: 'Give the values to a program',
    text: 'The command starts a program with the variables of an environment. No file is written, and secret values are replaced in what the program prints.',
    page: 'environment',
    command: `strongroom run --workspace ${JSON.stringify(workspace)} -e ${TOUR_ENVIRONMENT} -- npm start`,
  },
];
