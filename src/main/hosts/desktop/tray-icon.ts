/** The picture of the icon: the door of a strongroom with its wheel, drawn as a bitmap. */
import type { NativeImage } from 'electron';
import type { Electron } from './electron';

/** Two pixels for each point of the 16 that systems show. */
const PIXELS = 32;

/** Blue, green and red of brass, which is seen on light and dark bars. */
const BRASS = [0x27, 0xa2, 0xc9] as const;
const BLACK = [0, 0, 0] as const;

/** How much of a pixel an edge leaves, from 0 to 1; `inside`: pixels from the edge, negative outside of it. */
const coverage = (inside: number): number => Math.min(1, Math.max(0, inside + 0.5));

/** The opacity of the drawing at a pixel, from 0 to 1. */
function opacityAt(x: number, y: number): number {
  const middle = (PIXELS - 1) / 2;
  const [right, down] = [x - middle, y - middle];
  const distance = Math.hypot(right, down);
  const rim = Math.min(coverage(14.5 - distance), coverage(distance - 11.5));
  const wheel = Math.min(coverage(6.5 - distance), coverage(distance - 3.5));
  // Four spokes, from the wheel outwards.
  const across = Math.min(Math.abs(right), Math.abs(down));
  const spokes = Math.min(coverage(1.5 - across), coverage(9.5 - distance), coverage(distance - 5));
  return Math.max(rim, wheel, spokes);
}

/** Premultiplied BGRA. */
function bitmapOf(colour: readonly number[]): Buffer {
  const pixels = Buffer.alloc(PIXELS * PIXELS * 4);
  for (let at = 0; at < PIXELS * PIXELS; at += 1) {
    const opacity = opacityAt(at % PIXELS, Math.floor(at / PIXELS));
    pixels.set(
      [...colour, 0xff].map((part) => Math.round(part * opacity)),
      at * 4,
    );
  }
  return pixels;
}

/** On a Mac a template, which the system colours as its bar asks for. */
export function trayIcon(
  { nativeImage }: Pick<Electron, 'nativeImage'>,
  platform: NodeJS.Platform,
): NativeImage {
  const isMac = platform === 'darwin';
  const image = nativeImage.createFromBitmap(bitmapOf(isMac ? BLACK : BRASS), {
    width: PIXELS,
    height: PIXELS,
    // Elsewhere the system makes it as small as it needs.
    ...(isMac && { scaleFactor: 2 }),
  });
  if (isMac) image.setTemplateImage(true);
  return image;
}
