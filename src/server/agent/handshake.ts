/** Decides which programs may use the agent socket, and how each end refuses the other. */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { AGENT_CONTRACT_VERSION } from '@shared/contract/agent/version';
import {
  helloSchema,
  versionSchema,
  welcomeSchema,
  type Hello,
  type Versions,
  type Welcome,
} from '@shared/contract/agent/handshake';
import { AppError } from '@shared/errors';
import type { HostKind } from '@shared/model/app-info';

/** The maximum size of a first message, in bytes. */
export const FIRST_MESSAGE_BYTES = 1024;

/** The maximum size of each later message from a client, in bytes. */
export const MESSAGE_BYTES = 1024 * 1024;

export type Refusal = Extract<Welcome, { readonly answer: 'refused' }>['because'];

/** Each end has a different proof, so neither can send back the proof that it received. */
const proofOf = (end: 'client' | 'core', token: string, nonce: string): string =>
  createHmac('sha256', token).update(`${end} ${nonce}`).digest('base64url');

function isProof(given: string | undefined, wanted: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(wanted)];
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

export interface Answering {
  /** The version of Strongroom. */
  readonly version: string;
  readonly host: HostKind;
  /** The token that the client must know, if this system does not keep others away from the socket. */
  readonly token: string | undefined;
}

export type Answer =
  | { readonly hello: Hello; readonly welcome: Welcome }
  | { readonly hello?: never; readonly welcome: Welcome; readonly refused: string };

export const refusal = (version: string, because: Refusal): Welcome => ({
  contract: AGENT_CONTRACT_VERSION,
  version,
  answer: 'refused',
  because,
});

/** The answer of a core to the first message of a client; `refused` says why, for a log. */
export function answerTo(first: string, { version, host, token }: Answering): Answer {
  const message: unknown = JSON.parse(first);
  const theirs = versionSchema.safeParse(message);
  if (!theirs.success) {
    return { welcome: refusal(version, 'hello'), refused: 'Its first message is not a greeting.' };
  }
  if (theirs.data.contract !== AGENT_CONTRACT_VERSION) {
    return { welcome: refusal(version, 'version'), refused: refusedVersion(theirs.data) };
  }
  const hello = helloSchema.safeParse(message);
  if (!hello.success) {
    return { welcome: refusal(version, 'hello'), refused: 'Its first message is not a greeting.' };
  }
  const { nonce, proof } = hello.data;
  if (token !== undefined && !isProof(proof, proofOf('client', token, nonce))) {
    return { welcome: refusal(version, 'proof'), refused: 'It does not know the token.' };
  }
  return {
    hello: hello.data,
    welcome: {
      contract: AGENT_CONTRACT_VERSION,
      version,
      answer: 'welcome',
      host,
      ...(token !== undefined && { proof: proofOf('core', token, nonce) }),
    },
  };
}

const refusedVersion = ({ contract, version }: Versions): string =>
  contract > AGENT_CONTRACT_VERSION
    ? `It is of Strongroom ${version}, which is newer: update this one.`
    : `It is of Strongroom ${version}, which is older: update it.`;

/** The first message of a client. */
export function greet(
  { version, kind, process }: Pick<Hello, 'version' | 'kind' | 'process'>,
  token: string | undefined,
): Hello {
  const nonce = randomBytes(16).toString('base64url');
  // Parsed, so that a long name is cut here and fits into the first message.
  return helloSchema.parse({
    contract: AGENT_CONTRACT_VERSION,
    version,
    kind,
    process,
    nonce,
    ...(token !== undefined && { proof: proofOf('client', token, nonce) }),
  });
}

/** Whether the core lets the client in. If not, the core may do so later. Throws `VERSION_MISMATCH`. */
export function isWelcome(answer: string, hello: Hello, token: string | undefined): boolean {
  const message: unknown = JSON.parse(answer);
  const theirs = versionSchema.safeParse(message);
  if (!theirs.success) return false;
  if (theirs.data.contract !== AGENT_CONTRACT_VERSION) {
    throw versionMismatch(hello, theirs.data);
  }
  const welcome = welcomeSchema.safeParse(message);
  if (!welcome.success || welcome.data.answer !== 'welcome') return false;
  return token === undefined || isProof(welcome.data.proof, proofOf('core', token, hello.nonce));
}

const versionMismatch = (ours: Versions, theirs: Versions): AppError =>
  new AppError('VERSION_MISMATCH', {
    message: `This program comes from Strongroom ${ours.version}, but Strongroom ${theirs.version} is running. These versions do not work together.`,
    hint:
      ours.contract > theirs.contract
        ? 'Update the Strongroom that is running: it is the older one.'
        : 'Update this program: it is the older one.',
  });
