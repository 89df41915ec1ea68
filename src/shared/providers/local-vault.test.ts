import { expect, it } from 'vitest';
import { validateForm } from './descriptor';
import { folderFor } from './facts/local-vault';
import { localVaultDescriptor } from './local-vault';

const issue = (folder: string): string | undefined =>
  validateForm(localVaultDescriptor, { autoSync: true, folder }, new Set())['folder'];

it.each(['', '/', 'payments', ' Zahlungen (EU) ', '本番', 'x'.repeat(100)])(
  'accepts the folder %j',
  (folder) => {
    expect(issue(folder)).toBeUndefined();
  },
);

it.each(['/payments', 'a/b', '//', 'a\nb', 'x'.repeat(101)])('refuses the folder %j', (folder) => {
  expect(issue(folder)).toMatch(/^The name of a folder/);
});

it('takes settings from before folders', () => {
  expect(localVaultDescriptor.schema.parse({ autoSync: true })).toEqual({
    autoSync: true,
    folder: '',
  });
  expect(validateForm(localVaultDescriptor, { autoSync: true }, new Set())).toEqual({});
});

it('uses the folder that is named, else the workspace’s own', () => {
  const workspace = { localFolder: 'payments-1a2b3c4d' };
  expect(folderFor({ autoSync: true }, workspace)).toBe('payments-1a2b3c4d');
  expect(folderFor({ autoSync: true, folder: ' ' }, workspace)).toBe('payments-1a2b3c4d');
  expect(folderFor({ autoSync: true, folder: ' team ' }, workspace)).toBe('team');
});
