import { z } from 'zod';

/** A number in international writing, as a handset has it. */
export const E164 = z.string().regex(/^\+[1-9]\d{6,14}$/);

/** What the operator expects of one request to send. */
export const Submission = z.object({
  key: z.string().min(1).max(64),
  reference: z.string().min(1).max(128),
  to: E164,
  from: z.string().min(1).max(16),
  text: z.string().min(1).max(1_600),
  account: z.string().max(64).optional(),
  validUntil: z.iso.datetime({ offset: true }).optional(),
});

/** One request to send. */
export type Submission = z.infer<typeof Submission>;
