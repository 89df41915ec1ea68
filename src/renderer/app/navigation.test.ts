import { expect, it, vi } from 'vitest';
import { createNavigation, type LeaveGuard } from './navigation';

it('leaves a page when a person says so, and goes at once if nothing would be lost', async () => {
  let may = false;
  const guard = vi.fn<LeaveGuard>((from) =>
    from.screen === 'requests' ? Promise.resolve(may) : undefined,
  );
  const navigation = createNavigation({ screen: 'compare' }, guard);
  navigation.getState().go({ screen: 'requests' });
  expect(navigation.getState().route.screen).toBe('requests');

  // Whoever keeps the address hears of it: it may be that of the other page.
  const heard = vi.fn<() => void>();
  navigation.subscribe(heard);
  navigation.getState().go({ screen: 'compare' });
  await vi.waitFor(() => {
    expect(heard).toHaveBeenCalledTimes(1);
  });
  expect(navigation.getState().route.screen).toBe('requests');

  may = true;
  navigation.getState().go({ screen: 'environment', id: 'a' });
  await vi.waitFor(() => {
    expect(navigation.getState().route).toEqual({ screen: 'environment', id: 'a' });
  });
  expect(navigation.getState().lastEnvironment).toBe('a');
});
