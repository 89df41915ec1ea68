/** Reduces a picture of a window to 256 colours, one byte a pixel. See https://www.w3.org/TR/png-3/ */
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

export function smallPng(png: Buffer): Buffer {
  const { width, height, pixels } = read(png);
  const count = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += 3) {
    const colour = pixels.readUIntBE(at, 3);
    count.set(colour, (count.get(colour) ?? 0) + 1);
  }
  const colours = [...count].toSorted(([, a], [, b]) => b - a).map(([colour]) => colour);
  const palette = paletteOf(colours);
  const index = new Map(palette.map((colour, at) => [colour, at]));
  for (const colour of colours) {
    if (index.has(colour)) continue;
    const distances = palette.map((one) => distance(one, colour));
    index.set(colour, distances.indexOf(Math.min(...distances)));
  }

  const lines = Buffer.alloc((width + 1) * height);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const y = Math.floor(pixel / width);
    lines[pixel + y + 1] = index.get(pixels.readUIntBE(pixel * 3, 3)) ?? 0;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits, each an index into the palette.
  header.set([8, 3], 8);
  const table = Buffer.alloc(palette.length * 3);
  for (const [at, colour] of palette.entries()) table.writeUIntBE(colour, at * 3, 3);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', table),
    chunk('IDAT', deflateSync(lines, { level: 9 })),
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
