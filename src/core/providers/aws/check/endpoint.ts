/** Step “Region and endpoint”: the address of the calls, and whether it is in the region. */
import { AppError } from '@shared/errors';
import { passed, warned, type StepResult } from '../../check/steps';
import type { AwsConnection } from '../connection';
import { looksLikeRegion, lookUpRegion, regionOfHost } from '../regions';
import { isAwsItself } from '../sts-endpoint';

/** Throws `INVALID_CONFIGURATION` if AWS has no such region, or the address is in another one. */
export async function resolveEndpoint(connection: AwsConnection): Promise<StepResult> {
  const { region } = connection.settings.values;
  const { host, hostname } = await connection.endpoint();
  const override = await connection.override();
  const source = override === undefined ? '' : `, from ${override.source}`;
  const detail = `${host}${source}, region ${region}`;
  // A compatible server may name its regions as it likes.
  if (!isAwsItself(hostname, connection.service)) {
    return passed(`${detail}. This is not AWS itself`);
  }

  const ofHost = regionOfHost(hostname);
  if (ofHost !== undefined && ofHost !== region) {
    throw new AppError('INVALID_CONFIGURATION', {
      message: `${override?.source ?? host} is in the region ${ofHost}, and Region says ${region}.`,
      hint: `Change Region to ${ofHost} if your ${connection.service.item}s are there, or change ${override?.source ?? 'the endpoint'}.`,
      details: { field: 'region', suggestion: ofHost },
    });
  }
  const { description, alike } = await lookUpRegion(region);
  if (description !== undefined) return passed(`${detail}, ${description}`);
  const [likely, ...others] = alike;
  const unknown = new AppError('INVALID_CONFIGURATION', {
    message: looksLikeRegion(region)
      ? `“${region}” is not among the regions that Strongroom knows.`
      : `There is no region “${region}”: a name ends in a number, as in eu-west-1.`,
    likelyCause: 'It is mistyped, or newer than this version of Strongroom.',
    hint:
      likely === undefined
        ? 'Check Region: the AWS Console shows it at the top right.'
        : `Did you mean ${[likely, ...others].join(' or ')}? The AWS Console shows the region at the top right.`,
    details: { field: 'region', suggestion: likely },
  });
  // A new one may be missing from the list.
  if (looksLikeRegion(region)) return warned(detail, unknown);
  throw unknown;
}
