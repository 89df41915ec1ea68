/** The fields of `../network`. */
import type { FieldDescriptor } from '../descriptor';
import type { NetworkValues } from '../network';

export const networkDefaults = {
  caFile: '',
  clientCertFile: '',
  clientKeyFile: '',
  proxy: 'system',
  proxyUrl: '',
  proxyUser: '',
  proxyExceptions: '',
  requestsAtOnce: '',
} as const satisfies NetworkValues;

const typed = { field: 'proxy', is: 'typed' };

export const networkFields: readonly FieldDescriptor[] = [
  {
    kind: 'text',
    name: 'caFile',
    bindsCredentials: true,
    label: 'CA certificate file',
    more: true,
    optional: true,
    placeholder: '~/certs/company-ca.pem',
    help: 'A PEM file of authorities to trust, besides those known already.',
  },
  {
    kind: 'text',
    name: 'clientCertFile',
    label: 'Client certificate file',
    more: true,
    optional: true,
    placeholder: '~/certs/me.pem',
    help: 'A PEM file, for a server that asks for a certificate.',
  },
  {
    kind: 'text',
    name: 'clientKeyFile',
    label: 'Client key file',
    more: true,
    optional: true,
    help: 'A PEM file. Leave empty if the certificate file also contains the key.',
  },
  {
    kind: 'credential',
    name: 'clientKeyPassphrase',
    label: 'Key passphrase',
    more: true,
    optional: true,
    help: 'Where the client key is encrypted.',
  },
  {
    kind: 'choice',
    name: 'proxy',
    bindsCredentials: true,
    label: 'Proxy',
    more: true,
    options: [
      { value: 'none', label: 'None' },
      { value: 'system', label: 'System' },
      { value: 'typed', label: 'This one' },
    ],
    help: 'System: HTTPS_PROXY, HTTP_PROXY and NO_PROXY, or the settings of this computer.',
  },
  {
    kind: 'text',
    name: 'proxyUrl',
    bindsCredentials: true,
    label: 'Proxy address',
    more: true,
    placeholder: 'http://proxy.example.com:3128',
    when: typed,
  },
  {
    kind: 'text',
    name: 'proxyUser',
    label: 'Proxy user',
    more: true,
    optional: true,
    when: typed,
  },
  {
    kind: 'credential',
    name: 'proxyPassword',
    label: 'Proxy password',
    more: true,
    optional: true,
    when: typed,
  },
  {
    kind: 'text',
    name: 'proxyExceptions',
    label: 'Proxy exceptions',
    more: true,
    optional: true,
    placeholder: 'localhost, .example.com, 10.0.0.0/8',
    help: 'What is reached without it: names, .suffixes, addresses, networks, patterns such as 10.*, and <local>.',
    when: typed,
  },
  {
    kind: 'text',
    name: 'requestsAtOnce',
    label: 'Requests at a time',
    more: true,
    optional: true,
    placeholder: 'Automatic',
    help: 'The most requests that Strongroom sends. Leave empty to let it find out how many the server answers without delay.',
  },
];
