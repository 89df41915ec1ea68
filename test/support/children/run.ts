/** For tests: `strongroom run` without a core, with the values in its order. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { startChild } from '@cli/run/child';
import { childEnvironment } from '@cli/run/environment';
import { Patterns } from '@core/secrets/redact';
import { supervise } from '@cli/run/supervise';

export const orderSchema = z.object({
  command: z.array(z.string()).min(1),
  variables: z.record(z.string(), z.string()).default({}),
  /** Which of them are secret. Default: all. */
  redact: z.boolean().default(true),
  /** A file with the variables as JSON, which is looked at every few milliseconds. */
  watch: z.string().optional(),
});
export type Order = z.input<typeof orderSchema>;

const valuesSchema = z.record(z.string(), z.string());

export async function main([text = '']: readonly string[]): Promise<void> {
  const order = orderSchema.parse(JSON.parse(text));
  const [command = '', ...args] = order.command;
  const { watch } = order;
  const { code, problem } = await supervise(
    (variables) =>
      startChild({
        command,
        args,
        env: childEnvironment(process.env, new Map(Object.entries(variables))),
        cwd: process.cwd(),
        patterns: order.redact
          ? new Patterns(Object.entries(variables).map(([name, value]) => ({ name, value })))
          : undefined,
        stdout: process.stdout,
        stderr: process.stderr,
      }),
    order.variables,
    watch === undefined
      ? undefined
      : {
          interval: 10,
          changed: async (given) => {
            const values = valuesSchema.parse(JSON.parse(readFileSync(watch, 'utf8')));
            return JSON.stringify(values) === JSON.stringify(given) ? undefined : values;
          },
          restarting: () => {
            process.stderr.write('restarting\n');
          },
          failed: () => undefined,
        },
  );
  if (problem !== undefined) process.stderr.write(`${problem}\n`);
  process.exitCode = code;
}
