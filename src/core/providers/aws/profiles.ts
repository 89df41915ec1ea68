/** The profiles of the AWS CLI on this computer, by name; see https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html. */
import { editDistance } from '@shared/model/edit-distance';

/** The settings of one profile, by their names in the files. */
export type Profile = Readonly<Record<string, string | undefined>>;

/** Profiles of both files; settings of the credentials file win. Empty if the files cannot be read. */
export async function readProfiles(): Promise<ReadonlyMap<string, Profile>> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  try {
    const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
    // Other sections of the file have names such as `sso-session.main`.
    const isProfile = (name: string): boolean => !/^(sso-session|services)\./.test(name);
    const names = new Set([...Object.keys(configFile), ...Object.keys(credentialsFile)]);
    return new Map(
      [...names]
        .filter(isProfile)
        .map((name) => [name, { ...configFile[name], ...credentialsFile[name] }]),
    );
  } catch {
    return new Map();
  }
}

/** Names like the one that was typed, the nearest first; at most three. */
export const namesLike = (typed: string, names: readonly string[]): string[] =>
  names
    .map((name) => ({ name, far: editDistance(typed.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, far }) => name !== typed && far <= Math.max(2, Math.floor(typed.length / 3)))
    .toSorted((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
