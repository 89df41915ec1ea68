/**
 * The client of the AWS SDK, as far as the shared code uses it. Each service has its own class for it, in
 * its own package; one generator makes them all, and they fit these shapes.
 */
import type { HttpRequest } from '@smithy/core/transport';
import type { SignatureV4 } from '@smithy/signature-v4';
import type { Network } from '@core/network/network';

/** Credentials, and where the SDK found them. */
export interface FoundCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
  /** Its keys are the SDK's names for the source, such as `CREDENTIALS_PROFILE`. */
  readonly $source?: object;
}

/** What the SDK's methods take beside their input. */
export interface HttpOptions {
  readonly abortSignal: AbortSignal;
}

type Agent = ReturnType<Network['agent']>;

/** Times in milliseconds. */
export interface AwsClientConfig {
  readonly region: string;
  readonly ignoreConfiguredEndpointUrls: boolean;
  readonly endpoint?: string;
  readonly useFipsEndpoint?: boolean;
  readonly useDualstackEndpoint?: boolean;
  readonly profile?: string;
  readonly credentials: () => Promise<FoundCredentials>;
  readonly retryMode: string;
  readonly maxAttempts: number;
  readonly userAgentAppId: string;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: boolean;
    readonly httpAgent: Agent;
    readonly httpsAgent: Agent;
  };
  readonly streamCollector: (body: AsyncIterable<Uint8Array>) => Promise<Uint8Array>;
}

/** Runs around each attempt of a call. */
type Middleware = <Args, Result>(
  next: (args: Args) => Promise<Result>,
  context: { readonly commandName?: string },
) => (args: Args) => Promise<Result>;

export interface AwsClient {
  readonly config: {
    readonly region: () => Promise<string>;
    readonly useFipsEndpoint: () => Promise<boolean>;
    readonly useDualstackEndpoint: () => Promise<boolean>;
    readonly endpointProvider: (parameters: {
      readonly Region: string;
      readonly UseFIPS: boolean;
      readonly UseDualStack: boolean;
      readonly Endpoint?: string;
    }) => { readonly url: URL };
    readonly credentials: (how?: { readonly forceRefresh?: boolean }) => Promise<FoundCredentials>;
    readonly sha256: ConstructorParameters<typeof SignatureV4>[0]['sha256'];
    /** Milliseconds by which the server's clock is ahead of this one. */
    readonly systemClockOffset: number;
    readonly requestHandler: {
      handle(
        request: HttpRequest,
        options: HttpOptions,
      ): Promise<{
        readonly response: {
          readonly statusCode: number;
          readonly headers: Readonly<Record<string, string>>;
          readonly body?: unknown;
        };
      }>;
    };
  };
  readonly middlewareStack: {
    add(
      middleware: Middleware,
      options: {
        readonly step: 'finalizeRequest';
        readonly priority: 'low';
        readonly name: string;
      },
    ): void;
  };
  destroy(): void;
}
