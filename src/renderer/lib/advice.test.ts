import { AppError } from '@shared/errors';
import { expect, it } from 'vitest';
import { adviceOf, errorLine } from './advice';

it.each([
  ['TOKEN_INVALID', 'Enter a fresh token. See Settings → Vault.'],
  ['NO_SUCH_WORKSPACE', 'Choose another workspace. See the menu at the top of the sidebar.'],
  ['NO_SUCH_ENVIRONMENT', 'Choose another environment. See the list in the sidebar.'],
  ['KEY_LOCKED', 'Enter your passphrase or PIN to unlock them.'],
  ['SERVER_SEALED', 'Its administrator has to unseal it. Nothing can be read until then.'],
] as const)('%s is worded with the place of its remedy, if there is one', (code, advice) => {
  expect(adviceOf(new AppError(code).report())).toBe(advice);
});

it('says in one line what happened, what to do and where', () => {
  expect(errorLine(new AppError('KEY_CHOICE_NEEDED').report())).toBe(
    'This computer has no keychain that Strongroom can use. Choose a passphrase that protects credentials, or have them forgotten when you quit. See Settings → Security.',
  );
});
