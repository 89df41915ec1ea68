/** The request that is offered to try a grant with. */
import type { Grant } from '@shared/model/grant';
import { templateNamed, withParameters, type GrantTemplate } from '@shared/model/grant-templates';
import { matchHosts, parseHostRule } from '@shared/model/host-rule';

export interface TestRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

/** That of the template if it is for the hosts of the grant, else the address of its first host. */
export function testRequestOf({
  template: id,
  hosts,
}: Pick<Grant, 'template' | 'hosts'>): TestRequest {
  const template = templateNamed(id ?? '');
  const rules = hosts.flatMap((host) => parseHostRule(host) ?? []);
  if (template !== undefined) {
    const { method, url, body = '' } = template.test;
    const text = withParameters(url, parametersIn(template, hosts));
    if (URL.canParse(text) && matchHosts(rules, new URL(text)).rule !== undefined) {
      return { method, url: text, body };
    }
  }
  const [first] = rules.filter(({ wildcard }) => !wildcard);
  if (first === undefined) return { method: 'GET', url: 'https://', body: '' };
  const { scheme, host, port, path } = first;
  const { href } = new URL(path, `${scheme}://${host}:${String(port)}`);
  return { method: 'GET', url: href, body: '' };
}

/** The parameters of a template that the hosts of a grant show. */
function parametersIn(template: GrantTemplate, hosts: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pattern of template.hosts) {
    const names = [...pattern.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const source = pattern
      .split(/\{\w+\}/)
      .map((text) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`))
      .join('([^./:]+)');
    const match = hosts.map((host) => new RegExp(`^${source}$`).exec(host)).find(Boolean);
    for (const [at, name] of names.entries()) {
      const value = match?.[at + 1];
      if (value !== undefined) found[name] ??= value;
    }
  }
  return found;
}
