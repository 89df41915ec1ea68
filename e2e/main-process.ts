/** Electron's main process as a journey sees it, through the inspector of Node. */
import { once } from 'node:events';
import type * as electron from 'electron';
import { WebSocket } from 'ws';

export type Electron = typeof electron;

interface Answer {
  readonly id: number;
  readonly error?: { readonly message: string };
  readonly result?: {
    readonly result: { readonly value?: unknown };
    readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
  };
}

export class MainProcess {
  readonly #pending = new Map<number, (answer: Answer | undefined) => void>();
  #asked = 0;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as Answer;
      this.#pending.get(answer.id)?.(answer);
      this.#pending.delete(answer.id);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      for (const settle of this.#pending.values()) settle(undefined);
      this.#pending.clear();
    });
  }

  /** `url`: as Node prints it after “Debugger listening on”. */
  static async connect(url: string): Promise<MainProcess> {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, 'open');
    return new MainProcess(socket);
  }

  /**
   * Runs a function there, with Electron's module. It sees nothing that surrounds it here; its argument and
   * its result travel as JSON. Rejects with what it throws, and if the process ends first.
   */
  async evaluate<Result, Argument = undefined>(
    script: (electron: Electron, argument: Argument) => Result | Promise<Result>,
    argument?: Argument,
  ): Promise<Result> {
    this.#asked += 1;
    const id = this.#asked;
    const answered = new Promise<Answer | undefined>((resolve) => {
      this.#pending.set(id, resolve);
    });
    const call = `(${script.toString()})(electron, ${JSON.stringify(argument)})`;
    // The inspector can stop the app anywhere, even while it loads a module: the script waits for the next turn.
    const turn = 'new Promise((resolve) => setImmediate(resolve))';
    const expression = `((electron) => ${turn}.then(() => ${call}))(require('electron'))`;
    const params = {
      expression,
      awaitPromise: true,
      returnByValue: true,
      // Gives the expression `require`.
      includeCommandLineAPI: true,
    };
    this.socket.send(JSON.stringify({ id, method: 'Runtime.evaluate', params }));
    const answer = await answered;
    if (answer?.result === undefined) {
      throw new Error(answer?.error?.message ?? 'The main process has ended.');
    }
    const { result, exceptionDetails } = answer.result;
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
    return result.value as Result;
  }

  /** A process with an inspector waits for it to go before it ends. */
  close(): void {
    this.socket.close();
  }
}
