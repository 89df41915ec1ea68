/** Step “Region and endpoint”: where the calls will go, and whether the two belong together. */
import { AppError } from '@shared/errors';
import { passed, warned, type StepResult } from '../../check/steps';
import type { Connection } from '../connection';
import { looksLikeRegion, lookUpRegion, regionOfHost } from '../regions';
import { isAwsItself } from '../sts-endpoint';

/** Throws `INVALID_CONFIGURATION` where AWS cannot be meant by the two. */
export async function resolveEndpoint(connection: Connection): Promise<StepResult> {
  const { region } = connection.settings.values;
  const { host, hostname } = await connection.endpoint();
  const detail = `${host}, region ${region}`;
  // A compatible server has regions of its own.
  if (!isAwsItself(hostname)) return passed(detail);

  const ofHost = regionOfHost(hostname);
  if (ofHost !== undefined && ofHost !== region) {
    throw new AppError('INVALID_CONFIGURATION', {
      message: `Endpoint Override is in the region ${ofHost}, and Region says ${region}.`,
      hint: `Change Region to ${ofHost} if your secrets are there, or empty Endpoint Override.`,
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
