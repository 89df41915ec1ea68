/** Which endpoints are AWS's own, and which Security Token Service (STS) belongs to them. */
import type { AwsService } from './service';

type Named = Pick<AwsService, 'name'>;

/** The ends of AWS's own host names, by partition, as the `partitions` of the AWS SDKs list them. */
const suffixes = [
  'amazonaws.com',
  'api.aws',
  'amazonaws.com.cn',
  'api.amazonwebservices.com.cn',
  'amazonaws.eu',
  'api.amazonwebservices.eu',
  'c2s.ic.gov',
  'api.aws.ic.gov',
  'sc2s.sgov.gov',
  'api.aws.scloud',
  'cloud.adc-e.uk',
  'api.cloud-aws.adc-e.uk',
  'csp.hci.ic.gov',
  'api.aws.hci.ic.gov',
];

/**
 * Whether this is an address of the AWS service itself, that of a VPC endpoint included. The suffix
 * alone does not tell: an EC2 machine that a compatible server runs on has it too.
 */
export const isAwsItself = (hostname: string, { name }: Named): boolean => {
  const host = hostname.toLowerCase();
  const isService = new RegExp(`(^|\\.)${name}(-fips)?\\.`).test(host);
  return isService && suffixes.some((suffix) => host.endsWith(`.${suffix}`));
};

/**
 * Whether an Endpoint Override is a compatible server, which is asked for roles too. An endpoint of AWS,
 * such as that of a VPC endpoint, serves this service only: roles come from the STS of the region.
 */
export const hasOwnSts = (endpoint: string, service: Named): boolean =>
  !isAwsItself(new URL(endpoint).hostname, service);

/**
 * The STS beside a regional endpoint of a service: the same host with another first label. GovCloud has
 * no separate host for FIPS: https://docs.aws.amazon.com/general/latest/gr/sts.html.
 */
export function stsBeside({ hostname }: URL, region: string, { name }: Named): URL {
  const fips = region.startsWith('us-gov-') ? '' : '$1';
  return new URL(`https://${hostname.replace(new RegExp(`^${name}(-fips)?\\.`), `sts${fips}.`)}/`);
}
