/**
 * For tests: answers the questions of `client-side.ts` in another process. Each line of its standard
 * input is an `Asked` as JSON, and each line of its standard output the `Answered` with the same `id`.
 */
import './older-node';
import { createInterface } from 'node:readline';
import { inspect } from 'node:util';
import { questions, type Questions } from '../client-side';

export interface Asked {
  readonly id: number;
  readonly question: keyof Questions;
  readonly asked: unknown;
}

export type Answered = { readonly id: number } & (
  | { readonly answer: unknown }
  /** The question threw this. */
  | { readonly threw: string }
);

async function answer({ id, question, asked }: Asked): Promise<Answered> {
  try {
    return { id, answer: await (questions[question] as (asked: unknown) => unknown)(asked) };
  } catch (error) {
    return { id, threw: inspect(error) };
  }
}

export function main(): void {
  createInterface({ input: process.stdin }).on('line', (line) => {
    void answer(JSON.parse(line) as Asked).then((answered) => {
      process.stdout.write(`${JSON.stringify(answered)}\n`);
    });
  });
}
