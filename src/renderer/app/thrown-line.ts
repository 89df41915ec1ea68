import { errorReport } from '../bridge';
import { errorLine } from '../lib/advice';

/** The error of a call in one line, for places without room for more. */
export const thrownLine = (error: unknown): string => errorLine(errorReport(error));
