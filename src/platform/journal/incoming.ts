import { z } from 'zod';

const common = {
  identity: z.string(),
  from: z.string(),
  to: z.string().optional(),
  ticket: z.string().optional(),
};

/** What a person or an operator told us, as far as it is kept. */
export const Incoming = z.discriminatedUnion('kind', [
  z.looseObject({
    kind: z.literal('reply'),
    ...common,
    text: z.string(),
    parts: z.array(z.string()).readonly().optional(),
  }),
  z.looseObject({ kind: z.literal('stop'), ...common, text: z.string().optional() }),
]);

/** A message from a person, or a STOP that its operator took. */
export type Incoming = z.output<typeof Incoming>;

/** A call as it is sealed, and when it came. */
export const SealedCall = z.object({
  method: z.string(),
  target: z.string(),
  contentType: z.string(),
  contentEncoding: z.string(),
  /** Base64. */
  body: z.string(),
  /** ISO instant of the law clock. */
  at: z.string(),
  /** ISO instant of the machine clock. */
  machineAt: z.string(),
  simulated: z.boolean(),
});
