/** Where the tests of the network run the client side: here, and in Electron if there is one. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findElectronForTests } from '../../scripts/lib/electron-runtime.mjs';
import { buildForChild } from './child-process';
import type { Answered, Asked } from './children/client-side';
import { questions, type Questions } from './client-side';

export interface ClientSide {
  readonly name: string;
  readonly ask: <Q extends keyof Questions>(
    question: Q,
    asked: Parameters<Questions[Q]>[0],
  ) => ReturnType<Questions[Q]>;
}

const here: ClientSide = {
  name: 'here',
  ask: ((question: keyof Questions, asked: never) =>
    questions[question](asked)) as ClientSide['ask'],
};

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Electron as plain Node, whose TLS is BoringSSL. */
class InElectron {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  constructor(executable: string, module: URL) {
    const start = `import(${JSON.stringify(module.href)}).then(({ main }) => main())`;
    this.#child = spawn(executable, ['--input-type=module', '-e', start], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.once('error', (error) => {
      this.#end(error);
    });
    this.#child.once('close', (code) => {
      this.#end(new Error(`Electron ended with ${String(code)}`));
    });
    if (this.#child.stdout === null) throw new Error('No standard output');
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      const answered = JSON.parse(line) as Answered;
      const waiting = this.#waiting.get(answered.id);
      this.#waiting.delete(answered.id);
      if ('threw' in answered) waiting?.reject(new Error(answered.threw));
      else waiting?.resolve(answered.answer);
    });
  }

  ask(question: keyof Questions, asked: unknown): Promise<unknown> {
    const id = (this.#asked += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#child.stdin?.write(`${JSON.stringify({ id, question, asked } satisfies Asked)}\n`);
    });
  }

  close(): void {
    this.#child.kill();
  }

  #end(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function electronSide(executable: string): ClientSide {
  let child: InElectron | undefined;
  const ends: (() => unknown)[] = [];
  // First of all: a build would slow down the tests that run here at the same time.
  beforeAll(async () => {
    const file = new URL('children/client-side.ts', import.meta.url);
    const module = await buildForChild(file, { target: 'node16', atEnd: (end) => ends.push(end) });
    child = new InElectron(executable, module);
  });
  afterAll(async () => {
    child?.close();
    for (const end of ends) await end();
  });
  return {
    name: 'in Electron',
    ask: (async (question: keyof Questions, asked: unknown) =>
      child?.ask(question, asked)) as ClientSide['ask'],
  };
}

/** The sides to run the tests of a file on, for `describe.for`. A test says which Electron it was, or is skipped. */
export function clientSides(): readonly ClientSide[] {
  const executable = findElectronForTests();
  const electron = executable === undefined ? undefined : electronSide(executable);
  it.skipIf(electron === undefined)(
    'in Electron, which STRONGROOM_ELECTRON names, or whose package has the runtime',
    async () => {
      const versions = await electron?.ask('versions', undefined);
      process.stdout.write(`also in Electron ${versions?.electron ?? ''}\n`);
      expect(versions?.electron).toMatch(/^\d+\./);
    },
  );
  return electron === undefined ? [here] : [here, electron];
}
