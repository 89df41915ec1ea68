/**
 * The programs that read `.env` files, as referees of what is written for them. Each takes many files at
 * once, since a process for each would be slow, and returns the variables of each file: `undefined` if it
 * refuses the file.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'dotenv';
import { readComposeEnv } from './compose-env';
import { readDockerEnv } from './docker-env';

export type Variables = ReadonlyMap<string, string>;
export type EnvReader = (files: readonly string[]) => (Variables | undefined)[];

const variablesOf = (found: Readonly<Record<string, string | undefined>>): Variables =>
  new Map(Object.entries(found).map(([key, value]) => [key, value ?? '']));

const each =
  (read: (file: string) => Variables): EnvReader =>
  (files) =>
    files.map((file) => {
      try {
        return read(file);
      } catch {
        return undefined;
      }
    });

const PYTHON = `
import io, json, logging, sys
from dotenv import dotenv_values
logging.disable(logging.CRITICAL)
read = lambda file: dotenv_values(stream=io.TextIOWrapper(io.BytesIO(file.encode()), encoding="utf-8"))
json.dump([list(read(file).items()) for file in json.load(sys.stdin)], sys.stdout)
`;

/** `python3`, or what PYTHON names. */
const python = process.env['PYTHON'] ?? 'python3';

/** Whether python-dotenv is installed. */
export const hasPythonDotenv = (): boolean =>
  spawnSync(python, ['-c', 'import dotenv']).status === 0;

const readWithPython: EnvReader = (files) => {
  const { status, stdout, stderr } = spawnSync(python, ['-c', PYTHON], {
    input: JSON.stringify(files),
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(stderr);
  const answer = JSON.parse(stdout) as [string, string | null][][];
  return answer.map((entries) => new Map(entries.map(([key, value]) => [key, value ?? ''])));
};

// Each file in its own process, with an empty environment: one file cannot change how the next is read.
const SHELL = `cd "$1"; n=0; while [ -f "$n.in" ]; do
  (. "./$n.in"; exec /usr/bin/env -0) >"$n.out" 2>/dev/null || : >"$n.failed"
  n=$((n + 1))
done`;

/** Variables that a shell exports by itself. */
const SHELL_OWN = new Set(['PWD', 'OLDPWD', 'SHLVL', '_']);

const readWithShell =
  (shell: string): EnvReader =>
  (files) => {
    const directory = mkdtempSync(join(tmpdir(), 'strongroom-shell-'));
    try {
      for (const [index, file] of files.entries()) {
        writeFileSync(join(directory, `${String(index)}.in`), file);
      }
      // With a socket as its input bash takes itself for a remote shell and reads ~/.bashrc.
      const { status, stderr } = spawnSync(shell, ['-c', SHELL, 'sh', directory], {
        env: {},
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
      return files.map((_, index) => exported(join(directory, String(index))));
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  };

function exported(file: string): Variables | undefined {
  try {
    readFileSync(`${file}.failed`);
    return undefined;
  } catch {
    const lines = readFileSync(`${file}.out`, 'utf8').split('\0').slice(0, -1);
    const entries = lines.map((line): [string, string] => {
      const at = line.indexOf('=');
      return [line.slice(0, at), line.slice(at + 1)];
    });
    return new Map(entries.filter(([key]) => !SHELL_OWN.has(key)));
  }
}

export const envReaders = {
  dotenv: each((file) => variablesOf(parse(file))),
  Node: each((file) => variablesOf(parseEnv(file))),
  'python-dotenv': readWithPython,
  sh: readWithShell('/bin/sh'),
  bash: readWithShell('/bin/bash'),
  Compose: each(readComposeEnv),
  'docker run': each(readDockerEnv),
} as const satisfies Record<string, EnvReader>;
