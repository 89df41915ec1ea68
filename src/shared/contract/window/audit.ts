import { auditContract as ofPrograms } from '../agent/audit';

/** The same for the window and for programs: of all workspaces, without values. */
export const auditContract = ofPrograms;
