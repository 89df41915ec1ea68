import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { icnsTypes, toIcns, toIco } from './icon-files.mjs';
import { root } from './paths.mjs';

const resource = (name: string): Buffer => readFileSync(join(root, 'resources', name));

/** Width and height in the header of a PNG. */
function sizeOf(png: Buffer): readonly [number, number] {
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

const square = (size: number) => [size, size];

describe('the icon of packages', () => {
  it('is a picture of 1024 px for Linux', () => {
    expect(sizeOf(resource('icon.png'))).toEqual(square(1024));
  });

  it('has every size that Windows asks for', () => {
    const ico = resource('icon.ico');
    expect(ico.readUInt16LE(2)).toBe(1);
    const sizes = Array.from({ length: ico.readUInt16LE(4) }, (_, index) => {
      const entry = 6 + 16 * index;
      const size = ico.readUInt8(entry) || 256;
      const [bytes, offset] = [ico.readUInt32LE(entry + 8), ico.readUInt32LE(entry + 12)];
      expect(sizeOf(ico.subarray(offset, offset + bytes))).toEqual(square(size));
      return size;
    });
    expect(sizes).toEqual([16, 24, 32, 48, 64, 128, 256]);
  });

  it('has every size that macOS asks for', () => {
    const icns = resource('icon.icns');
    expect(icns.subarray(0, 4).toString('latin1')).toBe('icns');
    expect(icns.readUInt32BE(4)).toBe(icns.length);
    const types: [string, number][] = [];
    for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
      const [width, height] = sizeOf(icns.subarray(at + 8));
      expect(width).toBe(height);
      types.push([icns.subarray(at, at + 4).toString('latin1'), width]);
    }
    expect(types).toEqual(icnsTypes);
  });
});

it('a picture that is missing is no empty one', () => {
  expect(() => toIcns(new Map())).toThrow('There is no picture of 16 px.');
});

it('places pictures one after the other', () => {
  const ico = toIco([
    { size: 16, png: Buffer.from('first') },
    { size: 256, png: Buffer.from('second') },
  ]);
  expect(ico.subarray(6 + 32).toString('latin1')).toBe('firstsecond');
  expect(ico.readUInt8(6 + 16)).toBe(0);
});
