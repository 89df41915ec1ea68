/** The clients of `strongroom serve`: who they are, and what each may use. */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { AppError } from '@shared/errors';
import type { Client, ClientChanges, NewClient } from '@shared/model/client';
import { isAddressIn, parseIp, parseNetwork } from '@shared/model/ip';
import { nearNames } from '@shared/model/near-names';
import { shellWord } from '@shared/model/shell';
import type { AuditLog } from '@core/audit/audit-log';
import { suggestion, type Lookup } from '@core/references/lookup';
import type { GrantService } from '@core/requests/grant-service';
import type { Runtime } from '@core/runtime';
import type { ClientRow, ClientRows } from '@core/storage/clients';
import type { Workspaces } from '@core/storage/workspaces';

export interface ClientServiceParts {
  readonly rows: ClientRows;
  readonly workspaces: Workspaces;
  readonly lookup: Lookup;
  readonly grants: GrantService;
  readonly audit: AuditLog;
  readonly runtime: Pick<Runtime, 'now'>;
}

/** Marks it as a token of Strongroom, for programs that look for secrets in text. */
const TOKEN_PREFIX = 'srt_';
const TOKEN_BYTES = 32;

export interface NewToken {
  readonly token: string;
  /** SHA-256 in hexadecimal. */
  readonly hash: string;
}

export function newToken(): NewToken {
  const token = `${TOKEN_PREFIX}${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  return { token, hash: hashOf(token).toString('hex') };
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

export class ClientService {
  constructor(private readonly parts: ClientServiceParts) {}

  /** By name. */
  list(): Client[] {
    return this.parts.rows.list().map((row) => this.#view(row));
  }

  /** Returns the token, which is kept nowhere. Throws `NAME_TAKEN`, `NO_SUCH_GRANT`, `NO_SUCH_ENVIRONMENT`. */
  create(
    workspaceId: string,
    { grants, environments, ...rest }: NewClient,
  ): { readonly client: Client; readonly token: string } {
    const { token, hash } = newToken();
    const row = this.adopt(workspaceId, {
      ...rest,
      grants: this.#grantIds(workspaceId, grants),
      environments: this.#environmentIds(workspaceId, environments),
      tokenHash: hash,
    });
    return { client: this.#view(row), token };
  }

  /** Adds a client whose token somebody else has made; grants and environments are ids. Throws `NAME_TAKEN`. */
  adopt(
    workspaceId: string,
    { addresses, expiresAt, ...client }: NewClient & { readonly tokenHash: string },
  ): ClientRow {
    const createdAt = this.parts.runtime.now();
    const row = { id: randomUUID(), workspaceId, addresses, expiresAt, createdAt, ...client };
    this.parts.rows.insert(row);
    this.#record('client-created', row);
    return row;
  }

  /**
   * Changes a client by name or id; its token stays. Throws `NO_SUCH_CLIENT`, `NO_SUCH_GRANT`, `NO_SUCH_ENVIRONMENT`,
   * `NAME_TAKEN`, and `INVALID_INPUT` if the policy of one of its grants knows it by its old name only.
   */
  update(typed: string, changes: ClientChanges): Client {
    const before = this.#row(typed);
    const { workspaceId } = before;
    const { name = before.name, grants, environments, addresses, expiresAt } = changes;
    const row: ClientRow = {
      ...before,
      name,
      grants: grants === undefined ? before.grants : this.#grantIds(workspaceId, grants),
      environments:
        environments === undefined
          ? before.environments
          : this.#environmentIds(workspaceId, environments),
      addresses: addresses === undefined ? before.addresses : (addresses ?? undefined),
      expiresAt: expiresAt === undefined ? before.expiresAt : (expiresAt ?? undefined),
    };
    if (name !== before.name) this.#assertPoliciesKnow(row, before.name);
    this.parts.rows.update(row);
    this.#record('client-updated', row);
    return this.#view(row);
  }

  /** By name or id. Throws `NO_SUCH_CLIENT`. */
  revoke(typed: string): Client {
    const row = this.#row(typed);
    const view = this.#view(row);
    this.parts.rows.remove(row.id);
    this.#record('client-revoked', row);
    return view;
  }

  #row(typed: string): ClientRow {
    const all = this.parts.rows.list();
    const row = all.find(({ name, id }) => name === typed || id === typed);
    if (row !== undefined) return row;
    const near = nearNames(
      typed,
      all.map(({ name }) => name),
    );
    throw new AppError('NO_SUCH_CLIENT', {
      message: `There is no client “${typed}”.`,
      ...(near.length > 0 && { hint: suggestion(near) }),
      details: { suggestion: near[0] },
    });
  }

  #grantIds(workspace: string, typed: readonly string[]): string[] {
    return typed.map((one) => this.parts.grants.row(one, { workspace }).id);
  }

  #environmentIds(workspace: string, typed: readonly string[]): string[] {
    return typed.map(
      (environment) => this.parts.lookup.environment({ workspace, environment }).environment.id,
    );
  }

  /** A policy names clients. Nobody else may come into the rights of the old name unseen, so a person changes it. */
  #assertPoliciesKnow({ name, grants, workspaceId: workspace }: ClientRow, old: string): void {
    const found = grants
      .flatMap((id) => rowOrNone(() => this.parts.grants.row(id, { workspace })) ?? [])
      .find(({ settings: { policy } }) => {
        const { clients = [] } = policy;
        return clients.includes(old) && !clients.includes(name);
      });
    if (found === undefined) return;
    throw new AppError('INVALID_INPUT', {
      message: `The policy of the grant “${found.name}” admits “${old}”, but not “${name}”.`,
      hint: `First let it admit both: strongroom grant update ${shellWord(found.name)} --client ${old} --client ${name}`,
      details: { field: 'name' },
    });
  }

  /**
   * The client with this token, if it may call now and from this address. Takes as long for every token: each is
   * compared with all.
   */
  withToken(token: string, address: string): ClientRow | undefined {
    const hash = hashOf(token);
    let found: ClientRow | undefined;
    for (const row of this.parts.rows.list()) {
      if (timingSafeEqual(hash, Buffer.from(row.tokenHash, 'hex'))) found = row;
    }
    if (found === undefined || (found.expiresAt ?? Infinity) <= this.parts.runtime.now()) {
      return undefined;
    }
    return found.addresses === undefined || isAmong(address, found.addresses) ? found : undefined;
  }

  #record(
    event: `client-${'created' | 'updated' | 'revoked'}`,
    { workspaceId, name }: ClientRow,
  ): void {
    this.parts.audit.record({ event, workspaceId, detail: name });
  }

  #view(row: ClientRow): Client {
    const { workspaces, grants, lookup } = this.parts;
    const workspace = row.workspaceId;
    return {
      id: row.id,
      name: row.name,
      workspace: workspaces.find(workspace)?.name ?? '',
      grants: row.grants.map((id) => ({
        id,
        ...named(() => grants.row(id, { workspace }).name),
      })),
      environments: row.environments.map((id) => ({
        id,
        ...named(() => lookup.environment({ workspace, environment: id }).environment.name),
      })),
      ...(row.addresses !== undefined && { addresses: [...row.addresses] }),
      ...(row.expiresAt !== undefined && { expiresAt: row.expiresAt }),
      createdAt: row.createdAt,
    };
  }
}

/** Nothing for what was deleted. */
function named(find: () => string): { readonly name?: string } {
  const name = rowOrNone(find);
  return name === undefined ? {} : { name };
}

function rowOrNone<Row>(find: () => Row): Row | undefined {
  try {
    return find();
  } catch {
    return undefined;
  }
}

function isAmong(address: string, networks: readonly string[]): boolean {
  const ip = parseIp(address);
  return (
    ip !== undefined &&
    networks.some((text) => {
      const network = parseNetwork(text);
      return network !== undefined && isAddressIn(ip, network);
    })
  );
}
