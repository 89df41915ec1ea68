/**
 * The PEM files of a connection: authorities to trust, a client certificate and its key. Each fault is
 * `INVALID_CONFIGURATION` with its field, and reveals nothing of what a file holds.
 */
import { X509Certificate, createPrivateKey, type KeyObject } from 'node:crypto';
import { AppError } from '@shared/errors';
import type { NetworkValues } from '@shared/providers/network';
import type { Secret } from '@core/secrets/secret';
import { readNamedFile } from './named-file';

type FileField = 'caFile' | 'clientCertFile' | 'clientKeyFile';

const labels = {
  caFile: 'CA certificate file',
  clientCertFile: 'Client certificate file',
  clientKeyFile: 'Client key file',
} as const satisfies Record<FileField, string>;

const problem = (
  field: FileField | 'clientKeyPassphrase',
  message: string,
  hint: string,
): AppError => new AppError('INVALID_CONFIGURATION', { message, hint, details: { field } });

/** PEM is ASCII; Latin-1 lets any other byte through, for what people write between the blocks. */
const readText = async (
  field: FileField,
  path: string,
  signal: AbortSignal | undefined,
): Promise<string> =>
  (await readNamedFile({ path, label: labels[field], field }, signal)).toString('latin1');

const certificateBlock = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

interface Certificates {
  readonly pems: readonly string[];
  readonly parsed: readonly X509Certificate[];
}

function certificatesIn(field: FileField, path: string, text: string): Certificates {
  const pems = text.match(certificateBlock) ?? [];
  if (pems.length === 0) {
    throw problem(
      field,
      `${labels[field]}: ${path} holds no certificate in PEM form.`,
      'A PEM file has a line “-----BEGIN CERTIFICATE-----”. Another form is turned into it by: openssl x509 -inform der -in FILE -out FILE.pem',
    );
  }
  try {
    return { pems, parsed: pems.map((pem) => new X509Certificate(pem)) };
  } catch {
    throw problem(
      field,
      `${labels[field]}: a certificate in ${path} is damaged.`,
      'Ask for the file again, or export it again.',
    );
  }
}

const keyBlock =
  /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]+?-----END (?:[A-Z]+ )*PRIVATE KEY-----/;

/** Also the older form, which says so inside the block. */
const isEncrypted = (pem: string): boolean => /ENCRYPTED/.test(pem.slice(0, 200));

/**
 * Whether the TLS library lacks what a key needs. OpenSSL does without what is no longer safe, such as DES, and
 * BoringSSL without what is rare: other curves, scrypt, Camellia. `ERR_OSSL_UNSUPPORTED` by itself is a key
 * that cannot be parsed.
 */
const isUnsupported = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  /^ERR_OSSL_(EVP_UNSUPPORTED|(\w+_)?(UNSUPPORTED_\w+|UNKNOWN_(ALGORITHM|GROUP)))$/.test(
    String(error.code),
  );

function privateKeyOf(
  field: FileField,
  path: string,
  text: string,
  passphrase: string,
): { readonly pem: string; readonly key: KeyObject } {
  const [pem] = keyBlock.exec(text) ?? [];
  if (pem === undefined) {
    throw problem(
      'clientKeyFile',
      field === 'clientCertFile'
        ? `${path} holds a certificate and no private key.`
        : `${labels[field]}: ${path} holds no private key in PEM form.`,
      'Enter the file of the private key. A PEM file of one has a line “-----BEGIN PRIVATE KEY-----”.',
    );
  }
  const encrypted = isEncrypted(pem);
  if (encrypted && passphrase === '') {
    throw problem(
      'clientKeyPassphrase',
      'The client key is encrypted, and no passphrase is entered.',
      'Enter it as Key passphrase.',
    );
  }
  try {
    return { pem, key: createPrivateKey(encrypted ? { key: pem, passphrase } : { key: pem }) };
  } catch (error) {
    if (isUnsupported(error)) {
      throw encrypted
        ? problem(
            field,
            `${labels[field]}: the private key in ${path} is encrypted in a way that cannot be read here.`,
            'Encrypt it with AES: openssl pkcs8 -topk8 -v2 aes-256-cbc -in FILE -out NEWFILE',
          )
        : problem(
            field,
            `${labels[field]}: the private key in ${path} is of a kind that cannot be used here.`,
            'Ask for a certificate with an RSA key, or with an EC key on the curve P-256.',
          );
    }
    throw encrypted
      ? problem(
          'clientKeyPassphrase',
          'The client key cannot be decrypted with this passphrase.',
          'Check the passphrase, and that it belongs to this key.',
        )
      : problem(
          field,
          `${labels[field]}: the private key in ${path} is damaged.`,
          'Export it again, as PEM.',
        );
  }
}

export interface ClientCertificate {
  /** The certificate, and what stands above it. */
  readonly cert: string;
  readonly key: string;
  readonly passphrase: string | undefined;
  readonly parsed: X509Certificate;
}

export interface CertificateFiles {
  readonly authorities: readonly string[];
  readonly client: ClientCertificate | undefined;
}

export type FileValues = Pick<NetworkValues, FileField>;

async function readClient(
  { clientCertFile, clientKeyFile }: FileValues,
  passphrase: Secret | undefined,
  signal: AbortSignal | undefined,
): Promise<ClientCertificate | undefined> {
  if (clientCertFile === '') return undefined;
  const text = await readText('clientCertFile', clientCertFile, signal);
  const { pems, parsed } = certificatesIn('clientCertFile', clientCertFile, text);
  const [field, path] =
    clientKeyFile === ''
      ? (['clientCertFile', clientCertFile] as const)
      : (['clientKeyFile', clientKeyFile] as const);
  const keyText = clientKeyFile === '' ? text : await readText(field, path, signal);
  const words = passphrase?.reveal() ?? '';
  const { pem, key } = privateKeyOf(field, path, keyText, words);
  const own = parsed.find((certificate) => certificate.checkPrivateKey(key));
  if (own === undefined) {
    throw problem(
      field,
      `The private key in ${path} does not belong to the client certificate.`,
      'Choose the key that was made for this certificate.',
    );
  }
  return {
    // The one the key belongs to comes first, whatever the order of the file.
    cert: [own.toString(), ...pems.filter((_pem, index) => parsed[index] !== own)].join('\n'),
    key: pem,
    passphrase: isEncrypted(pem) ? words : undefined,
    parsed: own,
  };
}

/**
 * Reads what is set. The signal ends the waiting. Throws `INVALID_CONFIGURATION` with the field, and
 * `CANCELLED`.
 */
export async function readCertificateFiles(
  values: FileValues,
  passphrase: Secret | undefined,
  signal?: AbortSignal,
): Promise<CertificateFiles> {
  const { caFile } = values;
  const authorities =
    caFile === ''
      ? []
      : certificatesIn('caFile', caFile, await readText('caFile', caFile, signal)).pems;
  return { authorities, client: await readClient(values, passphrase, signal) };
}
