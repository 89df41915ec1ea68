import { describeBug, type Report } from './report';

/** Closing may not keep the process from ending for longer than this. */
const CLOSES_WITHIN_MS = 5000;

const deadline = (ms: number): Promise<never> =>
  new Promise((_resolve, reject) => {
    setTimeout(() => {
      reject(new Error('The deadline has passed.'));
    }, ms);
  });

/**
 * Waits until everything is closed, 5 seconds at most. Returns the exit code of the process: 1 if closing
 * failed or took longer. Never rejects.
 */
export async function exitCodeOfClosing(closing: Promise<unknown>, report: Report): Promise<0 | 1> {
  try {
    await Promise.race([closing, deadline(CLOSES_WITHIN_MS)]);
    return 0;
  } catch (thrown) {
    report(`Closing failed. ${describeBug(thrown)}`);
    return 1;
  }
}
