import { z } from 'zod';

// Zod compiles schemas with `new Function`. The page's Content-Security-Policy forbids that, and reports the try.
// Import this before anything that makes a schema.
z.config({ jitless: true });
