/** Statements for IAM policies, to hand over to whoever administers the account. */
import { partitionOf } from '@shared/providers/aws';

export interface Statement {
  /** As `secretsmanager:GetSecretValue`. */
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

const oneOrMore = (values: readonly string[]): string =>
  values.length === 1
    ? JSON.stringify(values[0])
    : `[${values.map((value) => JSON.stringify(value)).join(', ')}]`;

/** As JSON, in as few lines as can be read. */
export const statementText = ({ actions, resources }: Statement): string =>
  [
    '{"Effect": "Allow",',
    `"Action": ${oneOrMore(actions)},`,
    `"Resource": ${oneOrMore(resources)}}`,
  ].join('\n');

/** What the ARNs of a service in a region begin with, in any account: `arn:aws:ssm:eu-west-1:*:`. */
export const anyAccount = (service: string, region: string): string =>
  `arn:${partitionOf(region) ?? 'aws'}:${service}:${region}:*:`;
