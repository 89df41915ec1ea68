/** Runs one of the stores. It tells the parent how to connect, fills the store when asked, and ends with it. */
import { stores, type StoreName } from './stores';

const tell = (message: unknown): void => {
  process.send?.(message);
};

export async function runStore(name: string): Promise<void> {
  const { form, fill } = await stores[name as StoreName]();
  tell(form);
  process.once('message', () => {
    fill();
    tell('filled');
  });
  process.once('disconnect', () => process.exit());
}
