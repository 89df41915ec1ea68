/** Which endpoints are AWS's own, and where the Security Token Service (STS) is beside them. */

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

/** Other things of AWS's have such names too, as a machine that a compatible server runs on. */
const SERVICE = /(^|\.)secretsmanager(-fips)?\./;

/** Whether this is an address of AWS Secrets Manager itself, that of a VPC endpoint included. */
export const isAwsItself = (hostname: string): boolean => {
  const host = hostname.toLowerCase();
  return SERVICE.test(host) && suffixes.some((suffix) => host.endsWith(`.${suffix}`));
};

/**
 * Whether an Endpoint Override is a compatible server, which is asked for roles too. One that is AWS's,
 * such as that of a VPC endpoint, serves Secrets Manager alone: the STS of the region is asked.
 */
export const hasOwnSts = (endpoint: string): boolean =>
  endpoint !== '' && !isAwsItself(new URL(endpoint).hostname);

/**
 * The STS beside a regional endpoint of Secrets Manager: the same host with another first label.
 * GovCloud has no host of its own for FIPS: https://docs.aws.amazon.com/general/latest/gr/sts.html.
 */
export function stsBeside(secretsManager: URL, region: string): URL {
  const fips = region.startsWith('us-gov-') ? '' : '$1';
  return new URL(
    `https://${secretsManager.hostname.replace(/^secretsmanager(-fips)?\./, `sts${fips}.`)}/`,
  );
}
