import type { AwsValues } from '@shared/providers/aws';
import type { ProviderSettings } from '../provider';

/** Credentials are `accessKeyId`, `secretAccessKey`, `sessionToken`, and those of the network. */
export type AwsSettings = ProviderSettings<AwsValues>;
