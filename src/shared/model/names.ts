/** The names that people give. */
import { z } from 'zod';
import { ENVIRONMENT_NAME_MAX, WORKSPACE_NAME_MAX } from './limits';

const nameSchema = (maximum: number) =>
  z
    .string()
    .trim()
    .min(1, 'Enter a name.')
    .max(maximum, `A name can have at most ${String(maximum)} characters.`);

export const environmentNameSchema = nameSchema(ENVIRONMENT_NAME_MAX);

export const workspaceNameSchema = nameSchema(WORKSPACE_NAME_MAX);
