/** For electron-builder: an Electron that was used before may hold an app, which the package must not. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** @param {{ appOutDir: string, packager: { getResourcesDir(appOutDir: string): string } }} context */
// electron-builder takes a function by the name of its hook.
export function afterExtract({ appOutDir, packager }) {
  const resources = packager.getResourcesDir(appOutDir);
  for (const name of ['app', 'app.asar', 'app.asar.unpacked', 'default_app.asar']) {
    rmSync(join(resources, name), { recursive: true, force: true });
  }
}
