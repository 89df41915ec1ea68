/** `.env` text for Strongroom itself: variables that are edited as text or copied from the grid. */
import { quoteForDotenv } from './env-format';

export { isDotenvKey } from './key-rules';

/** Text that `parseDotenv` reads back as the same keys and values. Keys must pass `isDotenvKey`. */
export const formatDotenv = (
  entries: Iterable<{ readonly key: string; readonly value: string }>,
): string => [...entries].map(({ key, value }) => `${key}=${quoteForDotenv(value)}\n`).join('');
