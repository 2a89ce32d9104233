import { z } from 'zod';

/** A part of a reply, as it is kept. */
export const KeptPart = z.object({
  message: z.string(),
  at: z.int(),
  of: z.int(),
  senders: z.array(z.string()),
  to: z.string().exactOptional(),
  octets: z.string(),
  dataCoding: z.int(),
  alphabet: z.enum(['gsm-7', 'latin-1', 'utf-8']),
});
