/** The two formats that hold one icon in many sizes, each size as a PNG. */

/** @typedef {{ readonly size: number, readonly png: Buffer }} Picture */

/**
 * Windows: a directory of pictures, up to 256 px each. In its entry, 256 px is written as 0.
 * See https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10)
 *
 * @param {readonly Picture[]} pictures
 */
export function toIco(pictures) {
  const header = Buffer.alloc(6);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length + 16 * pictures.length;
  const entries = pictures.map(({ size, png }) => {
    const entry = Buffer.alloc(16);
    entry.writeUInt8(size % 256, 0);
    entry.writeUInt8(size % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(png.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += png.length;
    return entry;
  });
  return Buffer.concat([header, ...entries, ...pictures.map(({ png }) => png)]);
}

/**
 * macOS: the types that hold a PNG, by pixels. Some sizes occur again as the double of a smaller size.
 * See https://en.wikipedia.org/wiki/Apple_Icon_Image_format
 *
 * @type {readonly (readonly [type: string, size: number])[]}
 */
export const icnsTypes = [
  ['icp4', 16],
  ['ic11', 32],
  ['icp5', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
];

/** @param {ReadonlyMap<number, Buffer>} pngs by size; must hold every size of `icnsTypes` */
export function toIcns(pngs) {
  const parts = icnsTypes.map(([type, size]) => {
    const png = pngs.get(size);
    if (png === undefined) throw new Error(`There is no picture of ${String(size)} px.`);
    return Buffer.concat([icnsHead(type, png.length), png]);
  });
  const body = Buffer.concat(parts);
  return Buffer.concat([icnsHead('icns', body.length), body]);
}

/**
 * @param {string} type
 * @param {number} bytes without this head
 */
function icnsHead(type, bytes) {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32BE(bytes + 8, 4);
  return head;
}
