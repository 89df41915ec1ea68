/**
 * Reduces pictures of a window to 256 colours, one byte a pixel; several become one that moves.
 * See https://www.w3.org/TR/png-3/
 */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const COLOURS = 256;
/** The number of colours that are chosen by frequency. */
const FREQUENT = 128;

interface Picture {
  readonly width: number;
  readonly height: number;
  /** Three bytes a pixel: red, green, blue. */
  readonly pixels: Buffer;
}

/** Reads what a browser writes: 8 bits a channel, RGB or RGBA, not interlaced. */
function read(png: Buffer): Picture {
  let width = 0;
  let height = 0;
  let channels = 0;
  const data: Buffer[] = [];
  for (let at = SIGNATURE.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    const content = png.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      width = content.readUInt32BE(0);
      height = content.readUInt32BE(4);
      channels = content[9] === 6 ? 4 : 3;
    } else if (type === 'IDAT') data.push(content);
    at += length + 12;
  }
  const lines = unfiltered(inflateSync(Buffer.concat(data)), width * channels, channels);
  const pixels = Buffer.alloc(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    lines.copy(pixels, pixel * 3, pixel * channels, pixel * channels + 3);
  }
  return { width, height, pixels };
}

/** Undoes the filters of each line (§9). */
function unfiltered(raw: Buffer, stride: number, channels: number): Buffer {
  const height = raw.length / (stride + 1);
  const lines = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x += 1) {
      const at = y * stride + x;
      const left = x < channels ? 0 : (lines[at - channels] ?? 0);
      const up = y === 0 ? 0 : (lines[at - stride] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (lines[at - stride - channels] ?? 0);
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter] ?? 0;
      lines[at] = ((raw[y * (stride + 1) + 1 + x] ?? 0) + guess) & 0xff;
    }
  }
  return lines;
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [left, up, corner].map((one) => Math.abs(guess - one)) as [
    number,
    number,
    number,
  ];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}

const distance = (a: number, b: number): number =>
  [16, 8, 0].reduce((sum, by) => sum + (((a >> by) & 0xff) - ((b >> by) & 0xff)) ** 2, 0);

/** The most frequent colours, then always the colour that differs most from them, so that no hue is lost. */
function paletteOf(colours: readonly number[]): readonly number[] {
  const palette = colours.slice(0, FREQUENT);
  const rest = colours.slice(FREQUENT).map((colour) => ({
    colour,
    away: Math.min(...palette.map((one) => distance(one, colour))),
  }));
  while (palette.length < COLOURS && rest.length > 0) {
    const { colour } = rest.reduce((a, b) => (b.away > a.away ? b : a));
    palette.push(colour);
    for (const one of rest) one.away = Math.min(one.away, distance(colour, one.colour));
    if (rest.every(({ away }) => away === 0)) break;
  }
  return palette;
}

/** A picture whose pixels are indexes into a palette. */
interface Indexed {
  readonly width: number;
  readonly height: number;
  readonly indexes: Buffer;
}

/** One palette for all the pictures, and the pictures in it. */
function indexed(pictures: readonly Picture[]): {
  readonly palette: readonly number[];
  readonly frames: readonly Indexed[];
} {
  const count = new Map<number, number>();
  for (const { pixels } of pictures) {
    for (let at = 0; at < pixels.length; at += 3) {
      const colour = pixels.readUIntBE(at, 3);
      count.set(colour, (count.get(colour) ?? 0) + 1);
    }
  }
  const colours = [...count].toSorted(([, a], [, b]) => b - a).map(([colour]) => colour);
  const palette = paletteOf(colours);
  const index = new Map(palette.map((colour, at) => [colour, at]));
  for (const colour of colours) {
    if (index.has(colour)) continue;
    const distances = palette.map((one) => distance(one, colour));
    index.set(colour, distances.indexOf(Math.min(...distances)));
  }
  const frames = pictures.map(({ width, height, pixels }) => {
    const indexes = Buffer.alloc(width * height);
    for (let pixel = 0; pixel < indexes.length; pixel += 1) {
      indexes[pixel] = index.get(pixels.readUIntBE(pixel * 3, 3)) ?? 0;
    }
    return { width, height, indexes };
  });
  return { palette, frames };
}

interface Area {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The smallest area that holds every pixel that differs; one pixel if none does. */
function changedArea({ width, height, indexes }: Indexed, before: Indexed): Area {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (indexes[y * width + x] === before.indexes[y * width + x]) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (right === -1) return { left: 0, top: 0, width: 1, height: 1 };
  return { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** The lines of an area, each after its filter type, which is none. */
function packed({ width, indexes }: Indexed, area: Area): Buffer {
  const lines = Buffer.alloc((area.width + 1) * area.height);
  for (let y = 0; y < area.height; y += 1) {
    const from = (area.top + y) * width + area.left;
    indexes.copy(lines, y * (area.width + 1) + 1, from, from + area.width);
  }
  return deflateSync(lines, { level: 9 });
}

function headerOf({ width, height }: Indexed, palette: readonly number[]): readonly Buffer[] {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits, each an index into the palette.
  header.set([8, 3], 8);
  const table = Buffer.alloc(palette.length * 3);
  for (const [at, colour] of palette.entries()) table.writeUIntBE(colour, at * 3, 3);
  return [chunk('IHDR', header), chunk('PLTE', table)];
}

const whole = ({ width, height }: Indexed): Area => ({ left: 0, top: 0, width, height });

export function smallPng(png: Buffer): Buffer {
  const { palette, frames } = indexed([read(png)]);
  return Buffer.concat([
    SIGNATURE,
    ...frames.flatMap((frame) => [
      ...headerOf(frame, palette),
      chunk('IDAT', packed(frame, whole(frame))),
    ]),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export interface Frame {
  readonly png: Buffer;
  /** How long it is shown, in milliseconds. */
  readonly milliseconds: number;
}

/** An animated PNG that repeats; all frames have one size. Each holds only the area that changes (§11.3.4). */
export function movingPng(shots: readonly Frame[]): Buffer {
  const { palette, frames } = indexed(shots.map(({ png }) => read(png)));
  const [first] = frames;
  if (first === undefined) throw new Error('There is no frame.');
  // Frame control and frame data share one sequence of numbers.
  let sequence = 0;
  const numbered = (size: number): Buffer => {
    const content = Buffer.alloc(size);
    content.writeUInt32BE(sequence, 0);
    sequence += 1;
    return content;
  };
  const parts = frames.flatMap((frame, at) => {
    const before = frames[at - 1];
    const area = before === undefined ? whole(frame) : changedArea(frame, before);
    const control = numbered(26);
    control.writeUInt32BE(area.width, 4);
    control.writeUInt32BE(area.height, 8);
    control.writeUInt32BE(area.left, 12);
    control.writeUInt32BE(area.top, 16);
    control.writeUInt16BE(shots[at]?.milliseconds ?? 0, 20);
    control.writeUInt16BE(1000, 22);
    const data = packed(frame, area);
    return [
      chunk('fcTL', control),
      before === undefined
        ? chunk('IDAT', data)
        : chunk('fdAT', Buffer.concat([numbered(4), data])),
    ];
  });
  // The number of frames, and 0 for repeating without end.
  const control = Buffer.alloc(8);
  control.writeUInt32BE(frames.length, 0);
  return Buffer.concat([
    SIGNATURE,
    ...headerOf(first, palette),
    chunk('acTL', control),
    ...parts,
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length, 0);
  head.write(type, 4, 'latin1');
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(content, crc32(head.subarray(4))), 0);
  return Buffer.concat([head, content, sum]);
}
