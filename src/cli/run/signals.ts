/** Passes signals on to a child, unless it has got them already. */
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';

/** All that a process can catch and that ends a program by default. SIGUSR1 would otherwise start a debugger. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

type Forwarded = (typeof FORWARDED)[number];

interface Terminal {
  /** Whether this process leads the session of the terminal. */
  readonly isLeader: boolean;
  /** Whether the terminal sends its signals to the group that this process and its child are in. */
  readonly isForeground: boolean;
}

/** The terminal that controls this process; `undefined` if there is none. */
function controllingTerminal(): Terminal | undefined {
  if (process.platform !== 'linux') {
    const isTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
    return isTerminal ? { isLeader: false, isForeground: true } : undefined;
  }
  // proc_pid_stat(5): pid (comm) state ppid pgrp session tty_nr tpgid …; comm can hold spaces and brackets.
  const stat = readFileSync('/proc/self/stat', 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [, , group, session, terminal, foreground] = fields;
  if (terminal === '0') return undefined;
  return { isLeader: session === String(process.pid), isForeground: group === foreground };
}

/** 128 and the number of the signal, as shells report it. */
export const codeOfSignal = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/**
 * Forwards the signals that this process gets, and keeps them from ending it. A terminal sends Ctrl+C and Ctrl+\
 * to the whole group, so those are not sent again. A terminal that goes away tells only the leader of its
 * session, which tells its groups if it is a shell. Returns what stops the forwarding, and ends this process if
 * its terminal is gone.
 */
export function forwardSignals(send: (signal: NodeJS.Signals) => void): () => void {
  if (process.platform === 'win32') return forwardOnWindows();
  const before = controllingTerminal();
  const isDelivered = (signal: Forwarded): boolean => {
    switch (signal) {
      case 'SIGINT':
      case 'SIGQUIT':
        return controllingTerminal()?.isForeground === true;
      case 'SIGHUP':
        return before?.isLeader === false && controllingTerminal() === undefined;
      case 'SIGTERM':
      case 'SIGUSR1':
      case 'SIGUSR2':
        return false;
    }
  };
  const listeners = FORWARDED.map((signal) => {
    const listener = (): void => {
      if (!isDelivered(signal)) send(signal);
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
    // Node aborts if it cannot restore a terminal that is gone: end by the signal of that.
    if (before !== undefined && controllingTerminal() === undefined) {
      process.kill(process.pid, 'SIGHUP');
    }
  };
}

/** A console tells every program that is attached to it. This one only must not end before its child. */
function forwardOnWindows(): () => void {
  const signals = ['SIGINT', 'SIGBREAK', 'SIGHUP'] as const;
  const ignore = (): void => undefined;
  for (const signal of signals) process.on(signal, ignore);
  return () => {
    for (const signal of signals) process.off(signal, ignore);
  };
}
