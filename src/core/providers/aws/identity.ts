/** Who the credentials are: GetCallerIdentity of STS, which needs no permission. */
import { AppError, isAppError } from '@shared/errors';
import { readBounded } from '@core/network/read-bounded';
import type { AwsConnection } from './connection';
import { errorFromAnswer, serviceError, unexpectedAnswer } from './errors';

export interface CallerIdentity {
  /** Twelve digits. */
  readonly account: string;
  /** As `arn:aws:iam::123456789012:user/alice`. */
  readonly arn: string;
  /** Milliseconds by which the server's clock is ahead of this one, if that made it refuse a signature. */
  readonly clockSkew?: number | undefined;
}

const OPERATION = 'GetCallerIdentity';

const BODY = new URLSearchParams({ Action: OPERATION, Version: '2011-06-15' }).toString();

/**
 * One attempt, and a second by the server's clock if the first was refused for its time: it is good to know,
 * and nothing depends on it. The SDK's client for STS is a separate
 * package, so the parts of the client that is there sign and send the call. Throws what any call may
 * throw; see
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html.
 */
export function callerIdentity(
  connection: AwsConnection,
  signal: AbortSignal,
): Promise<CallerIdentity> {
  return connection.within(signal, async (abortSignal) => {
    const [{ config }, url, { SignatureV4 }, { HttpRequest }] = await Promise.all([
      connection.client(),
      connection.stsEndpoint(),
      import('@smithy/signature-v4'),
      import('@smithy/core/transport'),
    ]);
    const context = {
      service: connection.service,
      settings: connection.settings,
      host: url.hostname,
      operation: OPERATION,
    };
    const signer = new SignatureV4({
      service: 'sts',
      region: config.region,
      credentials: config.credentials,
      sha256: config.sha256,
    });
    const request = new HttpRequest({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== '' && { port: Number(url.port) }),
      path: url.pathname,
      headers: {
        host: url.host,
        'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        'content-length': String(BODY.length),
      },
      body: BODY,
    });
    /** `skew` is in milliseconds, as `clockSkew`. */
    const ask = async (skew: number): Promise<CallerIdentity | { readonly refused: Refused }> => {
      const signed = await signer.sign(request, {
        signingDate: new Date(connection.options.runtime.now() + skew),
      });
      const { response } = await config.requestHandler.handle(new HttpRequest(signed), {
        abortSignal,
      });
      const text = (await readBounded(response.body as AsyncIterable<Uint8Array>)).toString('utf8');
      const { statusCode: status, headers } = response;
      if (status >= 200 && status <= 299) return identityOf(text);
      const error = errorFromAnswer(
        { name: element(text, 'Code'), message: element(text, 'Message'), status },
        context,
      );
      return { refused: { error, at: Date.parse(headers['date'] ?? '') } };
    };
    try {
      // What the client has learnt of the server's clock.
      const first = await ask(config.systemClockOffset);
      if (!('refused' in first)) return first;
      const { error, at } = first.refused;
      if (!isAppError(error, 'CLOCK_SKEWED') || Number.isNaN(at)) throw error;
      const clockSkew = at - connection.options.runtime.now();
      const second = await ask(clockSkew);
      if ('refused' in second) throw second.refused.error;
      return { ...second, clockSkew };
    } catch (error) {
      throw serviceError(error, context);
    }
  });
}

interface Refused {
  readonly error: AppError;
  /** The time of the server, in milliseconds since 1970; `NaN` if it did not say. */
  readonly at: number;
}

/** The text of an element of the answer: XML, without attributes in the elements that are read here. */
const element = (xml: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

function identityOf(xml: string): CallerIdentity {
  const account = element(xml, 'Account');
  const arn = element(xml, 'Arn');
  if (account === undefined || arn === undefined || !/^arn:[\w-]+:[\w:+=,.@/-]+$/.test(arn)) {
    throw unexpectedAnswer(OPERATION);
  }
  if (!/^\d{12}$/.test(account)) throw new AppError('UNEXPECTED_ANSWER');
  return { account, arn };
}
