import { z } from 'zod';

/** A number in international notation. */
export const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/);

/** The operator's schema of a request to send. */
export const Submission = z.object({
  key: z.string().min(1).max(64),
  reference: z.string().min(1).max(128),
  to: E164,
  from: z.string().min(1).max(16),
  text: z.string().min(1).max(1_600),
  account: z.string().max(64).optional(),
  validUntil: z.iso.datetime({ offset: true }).optional(),
});

export type Submission = z.infer<typeof Submission>;
