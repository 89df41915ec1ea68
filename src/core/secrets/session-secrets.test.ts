import { expect, it } from 'vitest';
import { asRevision } from './revision';
import { documentFromText } from './document';
import { SessionSecrets, type SessionSecret } from './session-secrets';

const held = (): SessionSecret => ({
  values: { document: documentFromText('{}'), revision: asRevision('1') },
  pulledAt: 0,
});

it('keeps workspaces, connections and paths apart', () => {
  const session = new SessionSecrets();
  const address = { workspaceId: 'w', connectionId: 'c', path: 'p' };
  session.put(address, held());
  expect(session.get(address)).toBeDefined();
  expect(session.get({ ...address, workspaceId: 'other' })).toBeUndefined();
  expect(session.get({ ...address, connectionId: 'other' })).toBeUndefined();
  expect(session.get({ ...address, path: 'other' })).toBeUndefined();
});

it('drops what is not meant to stay, by workspace and connection', () => {
  const session = new SessionSecrets();
  const before = { workspaceId: 'w', connectionId: 'before', path: 'p' };
  const after = { workspaceId: 'w', connectionId: 'after', path: 'p' };
  const neighbour = { workspaceId: 'n', connectionId: 'before', path: 'p' };
  for (const address of [before, after, neighbour]) session.put(address, held());
  session.retain(
    ({ workspaceId, connectionId }) => workspaceId === 'n' || connectionId === 'after',
  );
  expect(session.get(before)).toBeUndefined();
  expect(session.get(after)).toBeDefined();
  expect(session.get(neighbour)).toBeDefined();
});

it('is empty after clear', () => {
  const session = new SessionSecrets();
  const address = { workspaceId: 'w', connectionId: 'c', path: 'p' };
  session.put(address, held());
  session.clear();
  expect(session.get(address)).toBeUndefined();
});
