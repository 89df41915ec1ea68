/** The map without a key; the same map if it has no such key, so that nothing is drawn again. */
export const withoutKey = <Key, Value>(
  map: ReadonlyMap<Key, Value>,
  key: Key,
): ReadonlyMap<Key, Value> =>
  map.has(key) ? new Map([...map].filter(([other]) => other !== key)) : map;

/** The set without a member; the same set if it has no such member. */
export const withoutMember = <Member>(
  set: ReadonlySet<Member>,
  member: Member,
): ReadonlySet<Member> =>
  set.has(member) ? new Set([...set].filter((other) => other !== member)) : set;
