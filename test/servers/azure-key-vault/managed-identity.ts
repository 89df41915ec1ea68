/** The endpoints at which a program in Azure gets tokens of its managed identity. */
import { randomUUID } from 'node:crypto';
import type { ServerClock } from '../clock';
import type { HttpAnswer, HttpRequest } from '../http-listener';
import type { Caller } from './access';
import { json, type Entra } from './entra';

export interface Identity extends Caller {
  /** The one that is used if a request names none. */
  readonly systemAssigned: boolean;
  /** The resource id of a user-assigned identity. */
  readonly resourceId: string;
}

/** Seconds. */
const lifetime = 86_400;

const badRequest = (message: string): HttpAnswer =>
  json(400, { error: 'invalid_request', error_description: message });

export class ManagedIdentities {
  /** The value of IDENTITY_HEADER, which an app sends as X-IDENTITY-HEADER. */
  readonly header = randomUUID();
  private readonly identities: Identity[] = [];

  constructor(
    private readonly entra: Entra,
    private readonly clock: ServerClock,
  ) {}

  add(identity: Identity): void {
    this.identities.push(identity);
  }

  /**
   * `/metadata/identity/oauth2/token` of a virtual machine. Source: “How to use managed identities for Azure
   * resources on an Azure VM to acquire an access token”.
   */
  virtualMachine({ headers }: HttpRequest, query: URLSearchParams): HttpAnswer {
    if (headers['metadata']?.toLowerCase() !== 'true') {
      return badRequest('Required metadata header not specified');
    }
    // A request that came through a proxy may have been forged by a third party.
    if (headers['x-forwarded-for'] !== undefined) {
      return badRequest('X-Forwarded-For header is not allowed');
    }
    for (const name of ['api-version', 'resource']) {
      if (!query.has(name)) return badRequest(`Required query variable '${name}' is missing`);
    }
    const resource = query.get('resource') ?? '';
    const identity = this.find(query);
    if (identity === undefined) return badRequest('Identity not found');
    if (!this.entra.knowsResource(resource)) {
      return json(400, {
        error: 'invalid_resource',
        error_description: `AADSTS500011: The resource principal named ${resource} was not found in the tenant.`,
      });
    }
    const now = this.seconds();
    return json(200, {
      ...this.tokenOf(identity, resource),
      expires_in: String(lifetime - 1),
      ext_expires_in: String(lifetime - 1),
      not_before: String(now),
    });
  }

  /** `/msi/token`, the IDENTITY_ENDPOINT. Source: App Service, “REST endpoint reference”. */
  appService({ headers }: HttpRequest, query: URLSearchParams): HttpAnswer {
    const refuse = (statusCode: number, message: string): HttpAnswer =>
      json(statusCode, { statusCode, message, correlationId: randomUUID() });
    if (headers['x-identity-header'] !== this.header) {
      return refuse(401, 'The X-IDENTITY-HEADER is missing or invalid.');
    }
    if (query.get('api-version') !== '2019-08-01') {
      return refuse(400, 'The api-version is missing or not supported.');
    }
    const identity = this.find(query);
    const resource = query.get('resource') ?? '';
    if (identity === undefined) {
      return refuse(
        400,
        'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
      );
    }
    if (!this.entra.knowsResource(resource)) {
      return refuse(400, `The resource ${resource} was not found in the tenant.`);
    }
    return json(200, this.tokenOf(identity, resource));
  }

  private tokenOf(identity: Identity, resource: string): Readonly<Record<string, string>> {
    return {
      access_token: this.entra.issue(identity, { audience: resource, expiresIn: lifetime - 1 }),
      client_id: identity.appId,
      expires_on: String(this.seconds() + lifetime - 1),
      resource,
      token_type: 'Bearer',
    };
  }

  /** Virtual machines know two of the names differently from App Service; both take either here. */
  private find(query: URLSearchParams): Identity | undefined {
    const clientId = query.get('client_id');
    const objectId = query.get('object_id') ?? query.get('principal_id');
    const resourceId = query.get('msi_res_id') ?? query.get('mi_res_id');
    return this.identities.find((identity) => {
      if (clientId !== null) return identity.appId === clientId;
      if (objectId !== null) return identity.objectId === objectId;
      if (resourceId !== null) return identity.resourceId === resourceId;
      return identity.systemAssigned;
    });
  }

  private seconds(): number {
    return Math.floor(this.clock.now() / 1000);
  }
}
