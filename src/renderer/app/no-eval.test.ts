import { expect, it } from 'vitest';
import './no-eval';

it('keeps zod from making functions of texts', async () => {
  const { z } = await import('zod');
  expect(z.config().jitless).toBe(true);
});
