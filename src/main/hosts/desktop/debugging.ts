/** The switches of Chromium and Node by which another program gets into the window or this process. */
import type { App } from 'electron';

const switches = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-targets',
  'inspect',
  'inspect-brk',
  'inspect-port',
  'inspect-wait',
] as const;

/** The first of them that the app was started with. */
export const debuggingSwitch = (app: Pick<App, 'commandLine'>): string | undefined =>
  switches.find((name) => app.commandLine.hasSwitch(name));
