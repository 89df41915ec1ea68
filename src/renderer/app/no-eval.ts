/** Zod probes `new Function` for speed, which the page's policy forbids. Imported before any schema. */
import { z } from 'zod';

z.config({ jitless: true });
