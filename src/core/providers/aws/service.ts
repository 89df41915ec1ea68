/** What the shared code has to know about one AWS service. */
import type { AppErrorOptions, ErrorCode } from '@shared/errors';
import type { AwsClient, AwsClientConfig } from './client';
import type { EndpointOverride } from './endpoint-override';
import type { AwsSettings } from './settings';

export interface AwsService<Client extends AwsClient = AwsClient> {
  /** First label of its hosts, in its ARNs, and before its actions: `secretsmanager`. */
  readonly name: string;
  /** The SDK's name for it, which AWS_ENDPOINT_URL_… and the section `services` are made of: `Secrets Manager`. */
  readonly sdkId: string;
  /** As people call it: `Secrets Manager`. */
  readonly label: string;
  /** One entry of it: `secret`. */
  readonly item: string;
  /** What a policy must allow so that it can encrypt with a customer’s key: `kms:GenerateDataKey`. */
  readonly encryptActions: string;
  /** Calls that a policy grants for every entry or none: their resource can only be `*`. */
  readonly callsWithoutResource: ReadonlySet<string>;
  /** The resource of an entry in a policy, behind region and account: `secret:app/db-??????`. */
  readonly resourceOf: (path: string) => string;
  /** What the errors mean that only this service has, by their names. They come before the general ones. */
  readonly errors: ReadonlyMap<string | undefined, ErrorRule>;
  /** Loads the SDK's client. Called at the first use, so that the start of the app does not pay for it. */
  readonly loadClient: () => Promise<new (config: AwsClientConfig) => Client>;
}

/** An error that came with an answer. */
export interface AnsweredError {
  /** AWS's name for it; `undefined` if the answer is not one of AWS. */
  readonly name: string | undefined;
  /** AWS's own text. Told apart by it, never shown. */
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** Where a redirect leads. Only its origin is shown. */
  readonly location: string | undefined;
  /** The beginning of an answer that is not JSON. Told apart by it, never shown. */
  readonly foreign?: string | undefined;
}

/** The call that failed. */
export interface CallContext {
  readonly service: Omit<AwsService, 'sdkId' | 'loadClient'>;
  readonly settings: AwsSettings;
  readonly host: string;
  /** AWS's name of the call, such as `GetSecretValue`. */
  readonly operation: string;
  /** The entry that it was about. */
  readonly path?: string | undefined;
  /** Where the call went instead of AWS's own address. */
  readonly override?: EndpointOverride | undefined;
}

export type Finding = readonly [ErrorCode, (AppErrorOptions | undefined)?];

export type ErrorRule = (error: AnsweredError, context: CallContext) => Finding;
