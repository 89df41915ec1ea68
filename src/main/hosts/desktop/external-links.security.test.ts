import { describe, expect, test } from 'vitest';
import { grantTemplates } from '@shared/model/grant-templates';
import { ElectronDouble } from '@test/support/electron-double';
import { openExternalLink, openSignInPage } from './external-links';

describe('openExternalLink', () => {
  test.each([
    'https://developer.hashicorp.com/vault/docs/auth/approle',
    'https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html?x=1#y',
    ...grantTemplates.map(({ docs }) => docs),
  ])('hands %s to the system', (address) => {
    const { electron, opened } = new ElectronDouble();
    const lines: string[] = [];
    openExternalLink(electron, address, (line) => lines.push(line));
    expect(opened).toEqual([address]);
    expect(lines).toEqual([]);
  });

  test.each([
    'http://developer.hashicorp.com/vault',
    'https://developer.hashicorp.com.evil.example/vault',
    'https://evil.example/?developer.hashicorp.com',
    'https://developer.hashicorp.com@evil.example/',
    'https://user:pass@developer.hashicorp.com/',
    'https://developer.hashicorp.com:8443/',
    'https://notdocs.aws.amazon.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'smb://host/share',
    'ms-settings:',
    'strongroom://app/',
    'not an address',
    '',
  ])('refuses %j aloud', (address) => {
    const { electron, opened } = new ElectronDouble();
    const lines: string[] = [];
    openExternalLink(electron, address, (line) => lines.push(line));
    expect(opened).toEqual([]);
    expect(lines).toHaveLength(1);
  });

  test('reports no more of an address than its origin', () => {
    const { electron } = new ElectronDouble();
    const lines: string[] = [];
    openExternalLink(electron, 'https://evil.example/?value=hunter2', (line) => lines.push(line));
    expect(lines).toEqual(['Refused to open https://evil.example outside the app.']);
  });
});

describe('openSignInPage', () => {
  test.each([
    ['https://login.example.com/authorize?state=x', true],
    ['http://localhost:8200/ui/authorize', true],
    ['http://login.example.com/authorize', false],
    ['https://user:password@login.example.com/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['ms-settings:', false],
  ])('opens only pages of the web or of this computer: %s', (address, opens) => {
    const opened: string[] = [];
    const shell = {
      openExternal: async (url: string) => {
        opened.push(url);
      },
    };
    openSignInPage(
      { shell } as unknown as Parameters<typeof openSignInPage>[0],
      address,
      () => undefined,
    );
    expect(opened).toEqual(opens ? [address] : []);
  });
});
