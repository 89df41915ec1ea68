/** IP addresses and networks as numbers. */

export interface Ip {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const BITS = { 4: 32, 6: 128 } as const;

function parseIpv4(text: string): bigint | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function parseIpv6(text: string): bigint | undefined {
  // The last four bytes may be written as an IPv4 address.
  const [, head, tail = ''] = /^(.*:)([\d.]+\.[\d.]+)$/.exec(text) ?? [undefined, text];
  const v4 = tail === '' ? undefined : parseIpv4(tail);
  if (tail !== '' && v4 === undefined) return undefined;
  const whole =
    v4 === undefined
      ? (head ?? '')
      : `${head ?? ''}${(v4 >> 16n).toString(16)}:${(v4 & 0xff_ffn).toString(16)}`;
  const halves = whole.split('::');
  if (halves.length > 2) return undefined;
  const [left = [], right = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - left.length - right.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((value, group) => value * 0x1_00_00n + BigInt(`0x${group}`), 0n);
}

/** Reads an address, without brackets and zone; `undefined` if it is none. */
export function parseIp(text: string): Ip | undefined {
  const v4 = parseIpv4(text);
  if (v4 !== undefined) return { family: 4, value: v4 };
  const v6 = text.includes(':') ? parseIpv6(text) : undefined;
  return v6 === undefined ? undefined : { family: 6, value: v6 };
}

export interface IpNetwork {
  readonly base: Ip;
  /** The number of bits that all its addresses share. */
  readonly prefix: number;
}

/** Reads `10.0.0.0/8`, `fd00::/8` or a single address; `undefined` if it is neither. */
export function parseNetwork(text: string): IpNetwork | undefined {
  const [, address = '', digits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const base = parseIp(address);
  if (base === undefined) return undefined;
  const prefix = digits === undefined ? BITS[base.family] : Number(digits);
  return prefix > BITS[base.family] ? undefined : { base, prefix };
}

export function isInNetwork({ family, value }: Ip, { base, prefix }: IpNetwork): boolean {
  if (family !== base.family) return false;
  const rest = BigInt(BITS[family] - prefix);
  return value >> rest === base.value >> rest;
}

const network = (text: string): IpNetwork => {
  const parsed = parseNetwork(text);
  if (parsed === undefined) throw new RangeError(`${text} is no network`);
  return parsed;
};

/** IPv6 addresses that lead to an IPv4 address, and by how many bits it is from the end. */
const CARRIERS: readonly (readonly [IpNetwork, bigint])[] = [
  // Mapped and compatible (RFC 4291, 2.5.5), and translated (RFC 6145).
  [network('::ffff:0:0/96'), 0n],
  [network('::/96'), 0n],
  [network('::ffff:0:0:0/96'), 0n],
  // NAT64: RFC 6052, and for a network’s own use RFC 8215.
  [network('64:ff9b::/96'), 0n],
  [network('64:ff9b:1::/48'), 0n],
  // 6to4: RFC 3056.
  [network('2002::/16'), 80n],
];

const TEREDO = network('2001::/32');
const ALL_ONES = 0xff_ff_ff_ffn;

/** The address itself, and those that it carries: an IPv6 address can hold an IPv4 address. */
function addressesIn(ip: Ip): readonly Ip[] {
  if (ip.family === 4) return [ip];
  const carried = CARRIERS.filter(([carrier]) => isInNetwork(ip, carrier)).map(([, bits]): Ip => ({
    family: 4,
    value: (ip.value >> bits) & ALL_ONES,
  }));
  // Teredo (RFC 4380) has the address of its server, and that of its client with all bits inverted.
  const teredo: Ip[] = isInNetwork(ip, TEREDO)
    ? [
        { family: 4, value: (ip.value >> 64n) & ALL_ONES },
        { family: 4, value: (ip.value & ALL_ONES) ^ ALL_ONES },
      ]
    : [];
  return [ip, ...carried, ...teredo];
}

const METADATA = [
  // AWS, Google, Azure, Oracle, DigitalOcean; ECS tasks; Alibaba; AWS over IPv6; Google over IPv6; Oracle.
  '169.254.0.0/16',
  '100.100.100.200',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'fe80::a9fe:a9fe',
  // Azure’s platform.
  '168.63.129.16',
  // Old address of Oracle’s metadata.
  '192.0.0.192',
].map(network);

const NEVER = [
  // “This” network, multicast, reserved and broadcast; nothing; multicast.
  '0.0.0.0/8',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'ff00::/8',
].map(network);

const LOOPBACK = ['127.0.0.0/8', '::1'].map(network);

const PRIVATE = [
  // Private (RFC 1918), shared (RFC 6598), special use (RFC 6890), benchmarks (RFC 2544), documentation.
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '192.0.0.0/24',
  '198.18.0.0/15',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  // Unique local, link-local and site-local addresses; documentation; discard.
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  '2001:db8::/32',
  '100::/64',
].map(network);

/** What an address leads to, by the most dangerous of those that it carries. */
export type Reach = 'metadata' | 'never' | 'loopback' | 'private' | 'public';

export function reachOf(ip: Ip): Reach {
  const all = addressesIn(ip);
  const isIn = (networks: readonly IpNetwork[]): boolean =>
    // `::1` is in `::/96`, but carries no IPv4 address.
    all.some((each, index) =>
      networks.some(
        (one) =>
          isInNetwork(each, one) && !(index > 0 && isInNetwork(ip, IPV6_LOOPBACK_AND_NOTHING)),
      ),
    );
  if (isIn(METADATA)) return 'metadata';
  if (isIn(NEVER)) return 'never';
  if (isIn(LOOPBACK)) return 'loopback';
  return isIn(PRIVATE) ? 'private' : 'public';
}

const IPV6_LOOPBACK_AND_NOTHING = network('::/127');

/** Whether an address is in a network, itself or one that it carries. */
export const isAddressIn = (ip: Ip, one: IpNetwork): boolean =>
  addressesIn(ip).some((each) => isInNetwork(each, one));
