/**
 * A client of the X server for as long as the journeys run. Without -noreset, which xvfb-run does not pass, a
 * server starts over when its last client goes, and an Electron that starts in that moment finds none.
 * Protocol: https://www.x.org/releases/X11R7.7/doc/xproto/x11protocol.html#Encoding::Connection_Setup
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

const COOKIE = 'MIT-MAGIC-COOKIE-1';

/** Connects to the local display in `DISPLAY`. Resolves with what ends the connection, if there is a display. */
export async function holdDisplay(env: NodeJS.ProcessEnv): Promise<(() => void) | undefined> {
  const [, number] = /^(?:unix)?:(\d+)/.exec(env['DISPLAY'] ?? '') ?? [];
  if (number === undefined) return undefined;
  const cookie = cookieOf(number, await authority(env));
  const socket = connect(`/tmp/.X11-unix/X${number}`);
  await once(socket, 'connect');
  socket.write(setupRequest(cookie));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  if (answer[0] !== 1) {
    socket.destroy();
    throw new Error(`The X server of display :${number} lets nobody in.`);
  }
  // The server sends events that nobody asked about, and may end first.
  socket.resume().on('error', () => undefined);
  return () => socket.destroy();
}

const authority = (env: NodeJS.ProcessEnv): Promise<Buffer> =>
  readFile(env['XAUTHORITY'] ?? join(homedir(), '.Xauthority')).catch(() => Buffer.alloc(0));

/** The cookie of a display in a file of xauth: a family, then four strings with their length, all big-endian. */
function cookieOf(display: string, file: Buffer): Buffer {
  let at = 0;
  const next = (): Buffer => {
    const start = at + 2;
    at = start + file.readUInt16BE(at);
    return file.subarray(start, at);
  };
  while (at < file.length) {
    at += 2;
    const [, number, name, data] = [next(), next(), next(), next()];
    const isItsOwn = number.length === 0 || number.toString() === display;
    if (isItsOwn && name.toString() === COOKIE) return data;
  }
  return Buffer.alloc(0);
}

/** Little-endian, version 11.0. */
function setupRequest(cookie: Buffer): Buffer {
  const name = Buffer.from(cookie.length === 0 ? '' : COOKIE);
  const head = Buffer.alloc(12);
  head.write('l');
  head.writeUInt16LE(11, 2);
  head.writeUInt16LE(name.length, 6);
  head.writeUInt16LE(cookie.length, 8);
  return Buffer.concat([head, padded(name), padded(cookie)]);
}

const padded = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
