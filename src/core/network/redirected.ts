import { AppError, type ErrorDetails } from '@shared/errors';

/**
 * The error for a redirect that is not followed. A redirect that keeps the path leads to the same service at
 * another address, which is then the suggestion. Any other leads to a page, most often a login: its address
 * is no address of the service. `asked` is the URL of the request; only origins are shown.
 */
export function redirected(
  location: string | undefined,
  asked: URL,
  details?: ErrorDetails,
): AppError {
  if (location === undefined || !URL.canParse(location, asked.href)) {
    return new AppError('REDIRECTED', { details });
  }
  const target = new URL(location, asked);
  const isHttp = target.protocol === 'http:' || target.protocol === 'https:';
  const message = isHttp ? `The server redirects to ${target.origin}.` : undefined;
  if (isHttp && target.pathname === asked.pathname) {
    const isItself = target.origin === asked.origin;
    return new AppError('REDIRECTED', {
      message,
      likelyCause: isItself
        ? 'Something in front of the server answers every request with a redirect to itself.'
        : 'The service has moved, or another node of it is in charge.',
      hint: isItself
        ? 'Ask the administrator of the server or the proxy in front of it.'
        : `Enter ${target.origin} as the address, if you trust it.`,
      details: { ...details, ...(!isItself && { suggestion: target.origin }) },
    });
  }
  return new AppError('REDIRECTED', {
    message,
    likelyCause: 'The address leads to a login page and not to the server.',
    hint: 'Use an address that leads to the server itself, or ask the administrator of the proxy how programs get through.',
    details,
  });
}
