/**
 * Services that grants are often for. From their public documentation: where the credential goes, to which hosts, and
 * a request that changes nothing.
 */
import type { CredentialType, GrantSettings, InjectionRule } from './grant';

export interface GrantTemplate {
  readonly id: string;
  readonly name: string;
  /** Where the service describes its credentials. */
  readonly docs: string;
  readonly type: CredentialType;
  /** May hold `{parameter}`. */
  readonly hosts: readonly string[];
  readonly header?: string;
  readonly format?: string;
  readonly rules?: readonly InjectionRule[];
  /** What a person has to say beside the secrets, such as the name of their organisation. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What each secret is called at the service, if its name does not say it. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A request that changes nothing and shows whether the credential is accepted. */
  readonly test: { readonly method: 'GET' | 'POST'; readonly url: string; readonly body?: string };
}

const header = (name: string, format: string): InjectionRule => ({ place: 'header', name, format });

export const grantTemplates: readonly GrantTemplate[] = [
  {
    id: 'airtable',
    name: 'Airtable',
    docs: 'https://airtable.com/developers/web/api/authentication',
    type: 'bearer',
    hosts: ['api.airtable.com'],
    test: { method: 'GET', url: 'https://api.airtable.com/v0/meta/whoami' },
  },
  {
    id: 'algolia',
    name: 'Algolia',
    docs: 'https://www.algolia.com/doc/guides/security/api-keys/',
    type: 'api-key',
    header: 'X-Algolia-API-Key',
    rules: [header('X-Algolia-Application-Id', '{applicationId}')],
    hosts: ['{app}.algolia.net', '{app}-dsn.algolia.net'],
    parameters: { app: 'the application id in lower case' },
    test: { method: 'GET', url: 'https://{app}.algolia.net/1/indexes' },
  },
  {
    id: 'anthropic',
    name: 'Anthropic',
    docs: 'https://docs.anthropic.com/en/api/overview',
    type: 'api-key',
    header: 'x-api-key',
    rules: [header('anthropic-version', '2023-06-01')],
    hosts: ['api.anthropic.com'],
    test: { method: 'GET', url: 'https://api.anthropic.com/v1/models' },
  },
  {
    id: 'aws',
    name: 'Amazon Web Services',
    docs: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html',
    type: 'sigv4',
    hosts: ['*.amazonaws.com'],
    test: {
      method: 'GET',
      url: 'https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15',
    },
  },
  {
    id: 'circleci',
    name: 'CircleCI',
    docs: 'https://circleci.com/docs/api-developers-guide/',
    type: 'api-key',
    header: 'Circle-Token',
    hosts: ['circleci.com'],
    test: { method: 'GET', url: 'https://circleci.com/api/v2/me' },
  },
  {
    id: 'cloudflare',
    name: 'Cloudflare',
    docs: 'https://developers.cloudflare.com/fundamentals/api/get-started/create-token/',
    type: 'bearer',
    hosts: ['api.cloudflare.com'],
    test: { method: 'GET', url: 'https://api.cloudflare.com/client/v4/user/tokens/verify' },
  },
  {
    id: 'datadog',
    name: 'Datadog',
    docs: 'https://docs.datadoghq.com/account_management/api-app-keys/',
    type: 'api-key',
    header: 'DD-API-KEY',
    rules: [header('DD-APPLICATION-KEY', '{applicationKey}')],
    hosts: [
      'api.datadoghq.com',
      'api.datadoghq.eu',
      'api.us3.datadoghq.com',
      'api.us5.datadoghq.com',
      'api.ap1.datadoghq.com',
    ],
    test: { method: 'GET', url: 'https://api.datadoghq.com/api/v1/validate' },
  },
  {
    id: 'digitalocean',
    name: 'DigitalOcean',
    docs: 'https://docs.digitalocean.com/reference/api/',
    type: 'bearer',
    hosts: ['api.digitalocean.com'],
    test: { method: 'GET', url: 'https://api.digitalocean.com/v2/account' },
  },
  {
    id: 'discord',
    name: 'Discord bot',
    docs: 'https://discord.com/developers/docs/reference#authentication',
    type: 'api-key',
    header: 'Authorization',
    format: 'Bot {token}',
    hosts: ['discord.com/api'],
    test: { method: 'GET', url: 'https://discord.com/api/v10/users/@me' },
  },
  {
    id: 'github',
    name: 'GitHub',
    docs: 'https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api',
    type: 'bearer',
    rules: [header('X-GitHub-Api-Version', '2022-11-28')],
    hosts: ['api.github.com', 'uploads.github.com'],
    test: { method: 'GET', url: 'https://api.github.com/user' },
  },
  {
    id: 'gitlab',
    name: 'GitLab',
    docs: 'https://docs.gitlab.com/api/rest/authentication/',
    type: 'api-key',
    header: 'PRIVATE-TOKEN',
    hosts: ['gitlab.com/api'],
    test: { method: 'GET', url: 'https://gitlab.com/api/v4/user' },
  },
  {
    id: 'google-maps',
    name: 'Google Maps',
    docs: 'https://developers.google.com/maps/documentation/geocoding/get-api-key',
    type: 'api-key',
    rules: [{ place: 'query', name: 'key', format: '{token}' }],
    hosts: ['maps.googleapis.com'],
    test: {
      method: 'GET',
      url: 'https://maps.googleapis.com/maps/api/geocode/json?address=Oslo',
    },
  },
  {
    id: 'grafana',
    name: 'Grafana Cloud',
    docs: 'https://grafana.com/docs/grafana/latest/developers/http_api/authentication/',
    type: 'bearer',
    hosts: ['{stack}.grafana.net'],
    parameters: { stack: 'the name of the stack' },
    test: { method: 'GET', url: 'https://{stack}.grafana.net/api/org' },
  },
  {
    id: 'honeycomb',
    name: 'Honeycomb',
    docs: 'https://docs.honeycomb.io/api/',
    type: 'api-key',
    header: 'X-Honeycomb-Team',
    hosts: ['api.honeycomb.io'],
    test: { method: 'GET', url: 'https://api.honeycomb.io/1/auth' },
  },
  {
    id: 'hubspot',
    name: 'HubSpot',
    docs: 'https://developers.hubspot.com/docs/guides/apps/private-apps/overview',
    type: 'bearer',
    hosts: ['api.hubapi.com'],
    test: { method: 'GET', url: 'https://api.hubapi.com/account-info/v3/details' },
  },
  {
    id: 'intercom',
    name: 'Intercom',
    docs: 'https://developers.intercom.com/docs/build-an-integration/learn-more/authentication',
    type: 'bearer',
    rules: [header('Intercom-Version', '2.11')],
    hosts: ['api.intercom.io', 'api.eu.intercom.io', 'api.au.intercom.io'],
    test: { method: 'GET', url: 'https://api.intercom.io/me' },
  },
  {
    id: 'jira',
    name: 'Jira Cloud',
    docs: 'https://developer.atlassian.com/cloud/jira/platform/basic-auth-for-rest-apis/',
    type: 'basic',
    format: '{username}:{token}',
    labels: { username: 'email address' },
    hosts: ['{site}.atlassian.net'],
    parameters: { site: 'the name of the site' },
    test: { method: 'GET', url: 'https://{site}.atlassian.net/rest/api/3/myself' },
  },
  {
    id: 'linear',
    name: 'Linear',
    docs: 'https://linear.app/developers/graphql',
    type: 'api-key',
    header: 'Authorization',
    hosts: ['api.linear.app'],
    test: {
      method: 'POST',
      url: 'https://api.linear.app/graphql',
      body: '{"query":"{ viewer { id } }"}',
    },
  },
  {
    id: 'mailchimp',
    name: 'Mailchimp',
    docs: 'https://mailchimp.com/developer/marketing/docs/fundamentals/',
    type: 'basic',
    format: 'any:{token}',
    hosts: ['{dc}.api.mailchimp.com'],
    parameters: { dc: 'the data center at the end of the key, such as us19' },
    test: { method: 'GET', url: 'https://{dc}.api.mailchimp.com/3.0/ping' },
  },
  {
    id: 'mailgun',
    name: 'Mailgun',
    docs: 'https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth',
    type: 'basic',
    format: 'api:{token}',
    hosts: ['api.mailgun.net', 'api.eu.mailgun.net'],
    test: { method: 'GET', url: 'https://api.mailgun.net/v4/domains' },
  },
  {
    id: 'netlify',
    name: 'Netlify',
    docs: 'https://docs.netlify.com/api/get-started/',
    type: 'bearer',
    hosts: ['api.netlify.com'],
    test: { method: 'GET', url: 'https://api.netlify.com/api/v1/user' },
  },
  {
    id: 'new-relic',
    name: 'New Relic',
    docs: 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/',
    type: 'api-key',
    header: 'Api-Key',
    hosts: ['api.newrelic.com', 'api.eu.newrelic.com'],
    test: {
      method: 'POST',
      url: 'https://api.newrelic.com/graphql',
      body: '{"query":"{ actor { user { id } } }"}',
    },
  },
  {
    id: 'notion',
    name: 'Notion',
    docs: 'https://developers.notion.com/reference/authentication',
    type: 'bearer',
    rules: [header('Notion-Version', '2022-06-28')],
    hosts: ['api.notion.com'],
    test: { method: 'GET', url: 'https://api.notion.com/v1/users/me' },
  },
  {
    id: 'okta',
    name: 'Okta',
    docs: 'https://developer.okta.com/docs/guides/create-an-api-token/main/',
    type: 'api-key',
    header: 'Authorization',
    format: 'SSWS {token}',
    hosts: ['{org}.okta.com'],
    parameters: { org: 'the name of the organisation' },
    test: { method: 'GET', url: 'https://{org}.okta.com/api/v1/users/me' },
  },
  {
    id: 'openai',
    name: 'OpenAI',
    docs: 'https://platform.openai.com/docs/api-reference/authentication',
    type: 'bearer',
    hosts: ['api.openai.com'],
    test: { method: 'GET', url: 'https://api.openai.com/v1/models' },
  },
  {
    id: 'openweather',
    name: 'OpenWeather',
    docs: 'https://openweathermap.org/appid',
    type: 'api-key',
    rules: [{ place: 'query', name: 'appid', format: '{token}' }],
    hosts: ['api.openweathermap.org'],
    test: { method: 'GET', url: 'https://api.openweathermap.org/data/2.5/weather?q=Oslo' },
  },
  {
    id: 'pagerduty',
    name: 'PagerDuty',
    docs: 'https://developer.pagerduty.com/docs/authentication',
    type: 'api-key',
    header: 'Authorization',
    format: 'Token token={token}',
    hosts: ['api.pagerduty.com'],
    test: { method: 'GET', url: 'https://api.pagerduty.com/abilities' },
  },
  {
    id: 'pinecone',
    name: 'Pinecone',
    docs: 'https://docs.pinecone.io/reference/api/authentication',
    type: 'api-key',
    header: 'Api-Key',
    hosts: ['api.pinecone.io', '*.pinecone.io'],
    test: { method: 'GET', url: 'https://api.pinecone.io/indexes' },
  },
  {
    id: 'postmark',
    name: 'Postmark',
    docs: 'https://postmarkapp.com/developer/api/overview',
    type: 'api-key',
    header: 'X-Postmark-Server-Token',
    hosts: ['api.postmarkapp.com'],
    test: { method: 'GET', url: 'https://api.postmarkapp.com/server' },
  },
  {
    id: 'resend',
    name: 'Resend',
    docs: 'https://resend.com/docs/api-reference/introduction',
    type: 'bearer',
    hosts: ['api.resend.com'],
    test: { method: 'GET', url: 'https://api.resend.com/domains' },
  },
  {
    id: 'sendgrid',
    name: 'SendGrid',
    docs: 'https://www.twilio.com/docs/sendgrid/for-developers/sending-email/authentication',
    type: 'bearer',
    hosts: ['api.sendgrid.com', 'api.eu.sendgrid.com'],
    test: { method: 'GET', url: 'https://api.sendgrid.com/v3/scopes' },
  },
  {
    id: 'sentry',
    name: 'Sentry',
    docs: 'https://docs.sentry.io/api/auth/',
    type: 'bearer',
    hosts: ['sentry.io', '*.sentry.io'],
    test: { method: 'GET', url: 'https://sentry.io/api/0/organizations/' },
  },
  {
    id: 'shopify',
    name: 'Shopify Admin',
    docs: 'https://shopify.dev/docs/api/admin-rest#authentication',
    type: 'api-key',
    header: 'X-Shopify-Access-Token',
    hosts: ['{shop}.myshopify.com'],
    parameters: { shop: 'the name of the shop' },
    test: { method: 'GET', url: 'https://{shop}.myshopify.com/admin/api/2025-01/shop.json' },
  },
  {
    id: 'slack',
    name: 'Slack',
    docs: 'https://api.slack.com/authentication/token-types',
    type: 'bearer',
    hosts: ['slack.com/api'],
    test: { method: 'POST', url: 'https://slack.com/api/auth.test' },
  },
  {
    id: 'stripe',
    name: 'Stripe',
    docs: 'https://docs.stripe.com/api/authentication',
    type: 'bearer',
    hosts: ['api.stripe.com', 'files.stripe.com'],
    test: { method: 'GET', url: 'https://api.stripe.com/v1/balance' },
  },
  {
    id: 'supabase',
    name: 'Supabase',
    docs: 'https://supabase.com/docs/guides/api/api-keys',
    type: 'bearer',
    rules: [header('apikey', '{token}')],
    hosts: ['{ref}.supabase.co'],
    parameters: { ref: 'the reference of the project' },
    test: { method: 'GET', url: 'https://{ref}.supabase.co/rest/v1/' },
  },
  {
    id: 'twilio',
    name: 'Twilio',
    docs: 'https://www.twilio.com/docs/iam/api-keys',
    type: 'basic',
    format: '{username}:{token}',
    labels: { username: 'account SID or API key SID', token: 'auth token or API key secret' },
    hosts: ['*.twilio.com'],
    test: { method: 'GET', url: 'https://api.twilio.com/2010-04-01/Accounts.json' },
  },
  {
    id: 'vercel',
    name: 'Vercel',
    docs: 'https://vercel.com/docs/rest-api#authentication',
    type: 'bearer',
    hosts: ['api.vercel.com'],
    test: { method: 'GET', url: 'https://api.vercel.com/v2/user' },
  },
  {
    id: 'zendesk',
    name: 'Zendesk',
    docs: 'https://developer.zendesk.com/api-reference/introduction/security-and-auth/',
    type: 'basic',
    format: '{username}/token:{token}',
    labels: { username: 'email address' },
    hosts: ['{subdomain}.zendesk.com'],
    parameters: { subdomain: 'the subdomain of the account' },
    test: { method: 'GET', url: 'https://{subdomain}.zendesk.com/api/v2/users/me.json' },
  },
];

export const templateNamed = (id: string): GrantTemplate | undefined =>
  grantTemplates.find((each) => each.id === id);

/** Replaces the parameters in a host or URL of a template. One that is not given stays. */
export const withParameters = (text: string, given: Readonly<Record<string, string>>): string =>
  text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => given[name] ?? whole);

/** What a template says of the settings of a grant. */
export const settingsOf = (
  template: GrantTemplate,
  parameters: Readonly<Record<string, string>>,
): Omit<GrantSettings, 'policy'> => ({
  type: template.type,
  template: template.id,
  ...(template.header !== undefined && { header: template.header }),
  ...(template.format !== undefined && { format: template.format }),
  rules: [...(template.rules ?? [])],
  hosts: template.hosts.map((host) => withParameters(host, parameters)),
  networks: [],
});
